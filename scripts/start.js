// `npm start`: from a plain clone to a running server at http://127.0.0.1:8000.
import process from 'node:process'
import { buildWeb, handOver, installPackages, nodeEnvironment } from './setup.js'

installPackages()
const env = nodeEnvironment()
buildWeb(env)
handOver(['bin/klieg.ts', 'serve', '--open', ...process.argv.slice(2)], env)

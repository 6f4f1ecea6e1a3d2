import { describePeopleStore } from '../../../test/support/people-store-contract.ts'
import { openDatabase } from './open-database.ts'
import { sqlPeopleStores } from './sql-people-stores.ts'

describePeopleStore('sqlPeopleStores on SQLite', async () => sqlPeopleStores(await openDatabase(':memory:')))

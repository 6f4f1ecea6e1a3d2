import { FakePeopleStores } from './fake-people-stores.ts'
import { describePeopleStore } from './people-store-contract.ts'

describePeopleStore('FakePeopleStores', async () => new FakePeopleStores())

import { FakeSettingStore } from './fake-setting-store.ts'
import { describeSettingStore } from './setting-store-contract.ts'

describeSettingStore('FakeSettingStore', async () => new FakeSettingStore())

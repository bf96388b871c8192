// @bitrix24/b24jssdk, the vendor's own library, unchanged, against the imitated portal.
import assert from 'node:assert/strict'
import { ApiVersion, B24Hook, ParamsFactory } from '@bitrix24/b24jssdk'

// The library knows https alone; the imitated portal speaks http on loopback.
const url = process.argv[2].replace('http://', 'https://')
const portal = B24Hook.fromWebhookUrl(url, { restrictionParams: ParamsFactory.getDefault() })
portal.getHttpClient(ApiVersion.v2).ajaxClient.interceptors.request.use((config) => {
  const plain = text => text?.replace('https://', 'http://')
  return Object.assign(config, { url: plain(config.url), baseURL: plain(config.baseURL) })
})

const call = async (method, params = {}) => {
  const answer = await portal.actions.v2.call.make({ method, params, requestId: `check/${method}` })
  assert.ok(answer.isSuccess, `${method}: ${answer.getErrorMessages()}`)
  return answer.getData()
}

const time = await call('server.time')
assert.ok('operating' in time.time)
const page = await call('user.get', { FILTER: { ACTIVE: true }, ADMIN_MODE: true, start: 50 })
assert.equal(page.result.length, 50)

const added = await call('user.add', { EMAIL: 'js@romashka.example', NAME: 'Анна', UF_DEPARTMENT: [5] })
assert.equal(typeof added.result, 'number')
assert.equal((await call('user.update', { ID: added.result, WORK_POSITION: 'Кладовщик' })).result, true)
const [user] = (await call('user.get', { FILTER: { ID: added.result } })).result
assert.equal(user.WORK_POSITION, 'Кладовщик')

const batch = await portal.actions.v2.batch.make({
  calls: { who: { method: 'profile' }, items: ['crm.item.list', { entityTypeId: 4, filter: { '>id': 12 } }] },
  options: { isHaltOnError: true, returnAjaxResult: true, requestId: 'check/batch' }
})
assert.ok(batch.isSuccess)
const rows = batch.getData()
assert.equal(rows.who.getData().result.ID, '1')
assert.ok(rows.items.getData().result.items.length > 0)
assert.ok(rows.items.getData().time.operating_reset_at > 0)

const wrong = await portal.actions.v2.batch.make({
  calls: [['crm.item.list', { entityTypeId: 4, filter: { '>ddId': 1 } }], ['profile', {}]],
  options: { isHaltOnError: false, requestId: 'check/wrong' }
})
assert.ok(!wrong.isSuccess)
assert.ok(Array.from(wrong.getErrors()).some(error => error.code === 'INVALID_ARG_VALUE'))
portal.destroy()
console.log('b24jssdk: good')

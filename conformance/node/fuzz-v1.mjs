// Random sessions of Yjs clients, and what npm Yjs makes of their updates when they arrive in a bad order.
// The same seed always gives the same line, so a failure is repeated with: node fuzz-v1.mjs SEED 1
//
// usage: node fuzz-v1.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, gc, clientID, deliveries: [{ update, state, sv, pending, emitted }], content }
// where bytes are base64 in format 1, `state`, `sv` and `emitted` (update events) are those of a receiver that has the
// four root types and has got the deliveries one by one, and `content` is its tagged JSON at the end.
import * as Y from 'yjs'

console.error = () => {}
console.warn = () => {}

const b64 = u => Buffer.from(u).toString('base64')

// ---- randomness --------------------------------------------------------------------------------

let state = 0
const rnd = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const int = (a, b) => a + Math.floor(rnd() * (b - a + 1))
const pick = a => a[int(0, a.length - 1)]
const chance = p => rnd() < p
const shuffled = a => {
  const r = [...a]
  for (let i = r.length - 1; i > 0; i--) {
    const j = int(0, i)
    ;[r[i], r[j]] = [r[j], r[i]]
  }
  return r
}

// ---- documents ---------------------------------------------------------------------------------

const ROOTS = {
  text: d => d.getText('text'),
  array: d => d.getArray('array'),
  map: d => d.getMap('map'),
  xml: d => d.getXmlFragment('xml')
}

const document = (clientID, gc) => {
  const d = new Y.Doc({ gc, guid: 'g' })
  d.clientID = clientID
  Object.values(ROOTS).forEach(f => f(d))
  return d
}

const isText = t => t instanceof Y.Text // XmlText too
const isFragment = t => t instanceof Y.XmlFragment // XmlElement too
const isMap = t => t instanceof Y.Map // XmlHook too

const childTypes = t => {
  const children = isText(t)
    ? t.toDelta().map(op => op.insert)
    : isMap(t)
      ? [...t.values()]
      : t.toArray()
  return children.filter(c => c instanceof Y.AbstractType)
}

const liveTypes = d => {
  const found = Object.values(ROOTS).map(f => f(d))
  for (let i = 0; i < found.length && i < 60; i++) found.push(...childTypes(found[i]))
  return found
}

// ---- edits -------------------------------------------------------------------------------------

const string = () => pick(['a', 'bc', 'hello ', '\u{1f600}', '\u00e9', 'x\u{1f600}y', '\n', 'zz'])
const key = () => pick(['a', 'b', 'c', '1', '10'])
const plain = () => pick([
  () => int(-5, 5), () => int(0, 2 ** 40), () => rnd(), () => -0, () => NaN, () => 0.5, () => string(), () => true,
  () => null, () => ({ k: [1, { n: null }], 2: 'two' }), () => [1, 'x', []]
])()
const attributes = () => {
  const r = {}
  for (let n = int(1, 2); n > 0; n--) {
    const name = pick(['b', 'i', 'link'])
    r[name] = pick([true, true, null, null, name === 'link' ? { href: string() } : false])
  }
  return r
}

const nested = depth => {
  const more = depth < 2
  return pick([
    () => Y.Array.from(Array.from({ length: int(0, 3) }, plain)),
    () => new Y.Map(Array.from({ length: int(0, 2) }, () => [key(), more && chance(0.3) ? nested(depth + 1) : plain()])),
    () => new Y.Text(pick(['', string()])),
    () => xmlNode(depth)
  ])()
}
const xmlNode = depth => pick([
  () => {
    const e = new Y.XmlElement(pick(['p', 'H1', 'li']))
    if (chance(0.5)) e.setAttribute(key(), pick([string(), int(0, 9)]))
    if (depth < 3 && chance(0.6)) e.insert(0, Array.from({ length: int(1, 2) }, () => xmlNode(depth + 1)))
    return e
  },
  () => {
    const t = new Y.XmlText(pick(['', string()]))
    if (chance(0.3)) t.insert(0, string(), attributes())
    return t
  },
  () => chance(0.2) ? new Y.XmlHook('hook') : new Y.XmlText(string())
])()

const value = () => {
  if (chance(0.03)) return new Y.Doc({ guid: 'sub' + int(0, 9), autoLoad: chance(0.5), meta: pick([null, { t: 1 }]) })
  if (chance(0.2)) return nested(0)
  if (chance(0.1)) return new Uint8Array([int(0, 255), 1])
  return plain()
}

const editText = t => {
  const at = int(0, t.length)
  const some = () => int(1, Math.min(5, t.length - at))
  switch (int(0, 12)) {
    case 0: case 1: case 2: t.insert(at, string()); break
    case 3: t.insert(t.length, string()); break
    case 4: t.insert(at, string(), pick([attributes(), {}])); break
    case 5: case 6: if (at < t.length) t.delete(at, some()); break
    case 7: case 8: case 9: if (at < t.length) t.format(at, some(), attributes()); break
    case 10: t.insertEmbed(at, chance(0.7) ? { image: string() } : nested(1), pick([{}, attributes()])); break
    case 11:
      if (chance(0.5)) t.setAttribute(key(), plain())
      else t.removeAttribute(key())
      break
    default: {
      const delta = []
      if (at > 0) delta.push({ retain: at, ...(chance(0.4) ? { attributes: attributes() } : {}) })
      if (chance(0.5)) delta.push({ insert: string(), ...(chance(0.5) ? { attributes: attributes() } : {}) })
      if (at < t.length) delta.push(chance(0.5) ? { delete: some() } : { retain: some(), attributes: attributes() })
      t.applyDelta(delta)
    }
  }
}

const editList = (t, make) => {
  const at = int(0, t.length)
  if (chance(0.65)) t.insert(at, Array.from({ length: int(1, 3) }, make))
  else if (at < t.length) t.delete(at, int(1, Math.min(3, t.length - at)))
}

// Some sessions stay in one text, where formats of several clients meet.
let onlyText = false

const edit = d => {
  const t = onlyText ? ROOTS.text(d) : chance(0.5) ? pick(Object.values(ROOTS))(d) : pick(liveTypes(d))
  if (isText(t)) editText(t)
  else if (isMap(t)) {
    if (chance(0.7)) t.set(key(), chance(0.1) ? pick([undefined, 7n]) : value())
    else if (chance(0.8)) t.delete(key())
    else t.clear()
  } else if (t instanceof Y.XmlElement && chance(0.4)) {
    if (chance(0.7)) t.setAttribute(key(), pick([string(), int(0, 9), null]))
    else t.removeAttribute(key())
  } else if (isFragment(t)) editList(t, () => xmlNode(0))
  else editList(t, value)
}

// ---- a session ---------------------------------------------------------------------------------

const clientId = () => pick([() => int(0, 9), () => int(1, 300), () => int(0, 2 ** 32 - 1), () => int(0, 2 ** 32 - 1),
  () => Number.MAX_SAFE_INTEGER - int(0, 9)])()

const session = () => {
  onlyText = chance(0.35)
  const gc = chance(0.85)
  const ids = new Set()
  for (const count = int(2, 4); ids.size < count;) ids.add(clientId())
  const updates = []
  const clients = [...ids].map(id => {
    const d = document(id, gc)
    d.on('update', (u, origin) => { if (origin !== 'remote' || chance(0.1)) updates.push(u) })
    return d
  })
  const undo = chance(0.2)
    ? new Y.UndoManager(Object.values(ROOTS).map(f => f(clients[0])), { captureTimeout: 0 })
    : null
  const exchange = (from, to) => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'remote')
  for (let n = int(3, 50); n > 0; n--) {
    const d = pick(clients)
    if (undo !== null && chance(0.15)) {
      if (chance(0.6)) undo.undo()
      else undo.redo()
    } else if (chance(0.25)) d.transact(() => { for (let k = int(1, 4); k > 0; k--) edit(d) })
    else edit(d)
    if (chance(0.2)) exchange(pick(clients), pick(clients))
    if (chance(0.1) && updates.length > 0) Y.applyUpdate(pick(clients), pick(updates), 'remote')
  }
  const deliveries = deliver(updates, clients)
  for (const from of clients) for (const to of clients) exchange(from, to)
  if (chance(0.8)) deliveries.push(Y.encodeStateAsUpdate(pick(clients)))
  return { gc, deliveries }
}

// What reaches the receiver, and in which order: some of it late, twice, merged, cut or never.
const deliver = (updates, clients) => {
  const mode = pick(['ordered', 'ordered', 'nearly', 'nearly', 'shuffled', 'states'])
  if (mode === 'states') return clients.map(d => Y.encodeStateAsUpdate(d))
  const loss = pick([0, 0, 0.04])
  let r = [...updates]
  if (mode === 'shuffled') r = shuffled(r)
  if (mode === 'nearly') r = r.map((u, i) => [i + int(0, 5), u]).sort((a, b) => a[0] - b[0]).map(x => x[1])
  return r.flatMap(u => {
    if (chance(loss)) return []
    if (chance(0.08)) return [u, pick(r)]
    if (chance(0.08)) return [Y.mergeUpdates(shuffled([u, pick(r), pick(r), pick(r)]))]
    if (chance(0.03)) return [u, Y.encodeStateAsUpdate(pick(clients), Y.encodeStateVector(pick(clients)))]
    return [u]
  }).slice(0, 60)
}

// ---- tagged JSON -------------------------------------------------------------------------------

const byKey = (a, b) => a[0] < b[0] ? -1 : 1
const entries = o => Object.keys(o).map(k => [k, tag(o[k])]).sort(byKey)
const delta = t => t.toDelta().map(op => ({
  insert: tag(op.insert),
  ...(op.attributes ? { attributes: entries(op.attributes) } : {})
}))
const tag = v => {
  if (v === undefined) return { $: 'undef' }
  if (typeof v === 'bigint') return { $: 'big', v: String(v) }
  if (typeof v === 'number' && (!Number.isFinite(v) || Object.is(v, -0))) {
    return { $: 'num', v: Object.is(v, -0) ? '-0' : String(v) }
  }
  if (v === null || typeof v !== 'object') return v
  if (Array.isArray(v)) return v.map(tag)
  if (v instanceof Uint8Array) return { $: 'bin', v: b64(v) }
  if (v instanceof Y.Doc) return { $: 'doc', guid: v.guid, autoLoad: v.autoLoad, meta: tag(v.meta) }
  if (isMap(v)) {
    const content = [...v.entries()].map(([k, x]) => [k, tag(x)]).sort(byKey)
    return v instanceof Y.XmlHook
      ? { $: 'type', k: 'xmlhook', name: v.hookName, v: content }
      : { $: 'type', k: 'map', v: content }
  }
  if (v instanceof Y.XmlElement) {
    return { $: 'type', k: 'xmlelement', name: v.nodeName, attrs: entries(v.getAttributes()), v: v.toArray().map(tag) }
  }
  if (isFragment(v)) return { $: 'type', k: 'xmlfragment', v: v.toArray().map(tag) }
  if (isText(v)) {
    const k = v instanceof Y.XmlText ? 'xmltext' : 'text'
    return { $: 'type', k, attrs: entries(v.getAttributes()), v: delta(v) }
  }
  if (v instanceof Y.Array) return { $: 'type', k: 'array', v: v.toArray().map(tag) }
  return { $: 'obj', v: entries(v) }
}
const content = d => {
  const r = {}
  for (const [k, f] of Object.entries(ROOTS)) {
    const v = tag(f(d))
    if (v.v.length || (v.attrs && v.attrs.length)) r[k] = v
  }
  return { ...r, textString: ROOTS.text(d).toString(), xmlString: ROOTS.xml(d).toString() }
}

// ---- main --------------------------------------------------------------------------------------

const run = seed => {
  state = Math.imul(seed, 0x9e3779b1)
  const { gc, deliveries } = session()
  const clientID = 77777777
  const receiver = document(clientID, gc)
  let emitted = []
  receiver.on('update', u => emitted.push(b64(u)))
  const said = deliveries.map(update => {
    emitted = []
    Y.applyUpdate(receiver, update, 'remote')
    return {
      update: b64(update),
      state: b64(Y.encodeStateAsUpdate(receiver)),
      sv: b64(Y.encodeStateVector(receiver)),
      pending: receiver.store.pendingStructs !== null || receiver.store.pendingDs !== null,
      emitted
    }
  })
  return { seed, gc, clientID, deliveries: said, content: content(receiver) }
}

const [first, count] = process.argv.slice(2).map(Number)
for (let seed = first; seed < first + count; seed++) {
  let line
  try {
    line = run(seed)
  } catch (e) {
    line = { seed, error: String(e && e.stack) }
  }
  process.stdout.write(JSON.stringify(line) + '\n')
}

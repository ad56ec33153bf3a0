// Random sessions of Yjs clients, and what npm Yjs makes of their updates when they arrive in a bad order.
// The same seed always gives the same line, so a failure is repeated with: node fuzz-v1.mjs SEED 1
//
// usage: node fuzz-v1.mjs FIRST_SEED COUNT
// One line of JSON for each seed: { seed, gc, clientID, declared, deliveries, content, tools }. Bytes are base64 in
// format 1, or 2 where the name says so. A delivery is { update, state, sv, since: { stateVector, update }, pending,
// emitted, v2: { update, state, emitted } }: what a receiver says after it got the update, `emitted` being its update
// events. It has the four root types from the start if `declared`. `content` is its tagged JSON at the end, `tools`
// { merged, merged2, stateVector, diff, mergedStateVector } the functions without a document over all deliveries.
import * as Y from 'yjs'
import { b64, bare, chance, content, document, edit, int, pick, ROOTS, seedWith, shuffled, stayInText, tellAll }
  from './sessions.mjs'

// ---- a session ---------------------------------------------------------------------------------

const clientId = () => pick([() => int(0, 9), () => int(1, 300), () => int(0, 2 ** 32 - 1), () => int(0, 2 ** 32 - 1),
  () => Number.MAX_SAFE_INTEGER - int(0, 9)])()

const session = () => {
  stayInText(chance(0.35))
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

// ---- main --------------------------------------------------------------------------------------

const run = seed => {
  seedWith(seed)
  const { gc, deliveries } = session()
  const clientID = 77777777
  const declared = chance(0.8)
  const receiver = declared ? document(clientID, gc) : bare(clientID, gc)
  let emitted = []
  let emitted2 = []
  receiver.on('update', u => emitted.push(b64(u)))
  receiver.on('updateV2', u => emitted2.push(b64(u)))
  const said = deliveries.map(update => {
    emitted = []
    emitted2 = []
    Y.applyUpdate(receiver, update, 'remote')
    return {
      update: b64(update),
      state: b64(Y.encodeStateAsUpdate(receiver)),
      sv: b64(Y.encodeStateVector(receiver)),
      since: since(receiver),
      v2: {
        update: b64(Y.convertUpdateFormatV1ToV2(update)),
        state: b64(Y.encodeStateAsUpdateV2(receiver)),
        emitted: emitted2
      },
      pending: receiver.store.pendingStructs !== null || receiver.store.pendingDs !== null,
      emitted
    }
  })
  return { seed, gc, clientID, declared, deliveries: said, content: content(receiver), tools: tools(deliveries) }
}

const partOf = clocks => {
  const part = new Map()
  for (const [client, clock] of clocks) if (chance(0.7)) part.set(client, int(0, clock))
  return Y.encodeStateVector(part)
}

const since = receiver => {
  const known = partOf(Y.decodeStateVector(Y.encodeStateVector(receiver)))
  return { stateVector: b64(known), update: b64(Y.encodeStateAsUpdate(receiver, known)) }
}

const tools = updates => {
  const merged = Y.mergeUpdates(updates)
  const stateVector = partOf(Y.parseUpdateMeta(merged).to)
  return {
    merged: b64(merged),
    stateVector: b64(stateVector),
    diff: b64(Y.diffUpdate(merged, stateVector)),
    merged2: b64(Y.mergeUpdatesV2(updates.map(Y.convertUpdateFormatV1ToV2))),
    mergedStateVector: b64(Y.encodeStateVectorFromUpdate(merged))
  }
}

await tellAll(run)

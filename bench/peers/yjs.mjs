// What worker.mjs needs, in the words of npm `yjs`.
import * as Y from 'yjs'

export const lacks = []

export const newDoc = clientID => {
  const doc = new Y.Doc()
  if (clientID !== undefined) {
    doc.clientID = clientID
  }
  return doc
}
export const free = () => {}
export const onUpdate = (doc, v, listener) => doc.on(v === 1 ? 'update' : 'updateV2', listener)
export const apply = (doc, update, v) => (v === 1 ? Y.applyUpdate : Y.applyUpdateV2)(doc, update)
export const state = (doc, v, vector) => (v === 1 ? Y.encodeStateAsUpdate : Y.encodeStateAsUpdateV2)(doc, vector)
export const stateVectorOf = (update, v) =>
  (v === 1 ? Y.encodeStateVectorFromUpdate : Y.encodeStateVectorFromUpdateV2)(update)
export const diffUpdate = (update, vector, v) => (v === 1 ? Y.diffUpdate : Y.diffUpdateV2)(update, vector)
export const merge = (updates, v) => (v === 1 ? Y.mergeUpdates : Y.mergeUpdatesV2)(updates)
export const text = doc => doc.getText('text')
export const string = doc => doc.getText('text').toString()
export const edit = (doc, text, { position, deleted, inserted }) =>
  doc.transact(() => {
    if (deleted > 0) {
      text.delete(position, deleted)
    }
    if (inserted.length > 0) {
      text.insert(position, inserted)
    }
  })
export const format = (doc, text, position, length, attributes) => text.format(position, length, attributes)
export const heap = () => process.memoryUsage().heapUsed + process.memoryUsage().external

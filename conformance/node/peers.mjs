// Real Yjs documents behind real y-websocket providers, as many as a test opens, each by a name.
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { answer, until } from './rpc.mjs';

const SYNC = 0;
const SYNC_STEP_1 = 0;
const SYNC_STATUS = 102;
const STALE = 4409;

/** y-websocket reads every frame as bytes; records rooms also send text. */
function socketWith(onText) {
  return class extends WebSocket {
    set onmessage(listener) {
      super.onmessage = (event) => (typeof event.data === 'string' ? onText(event.data) : listener?.(event));
    }
  };
}

class Peer {
  constructor({ url, room, token }) {
    this.doc = new Y.Doc();
    this.texts = [];
    this.closes = [];
    this.savedUpTo = 0;
    this.asked = 0;
    this.answered = false;
    this.words = 0;
    const documents = room.startsWith('docs/');
    this.root = documents ? this.doc.getText('text') : this.doc.getXmlFragment('default');
    const at = room.lastIndexOf('/');
    this.provider = new WebsocketProvider(`${url}/realtime/${room.slice(0, at)}`, room.slice(at + 1), this.doc, {
      protocols: token === null ? [] : [`auth.${token}`],
      disableBc: true, // the peers of this process meet on the server, not beside it
      maxBackoffTime: 500,
      connect: false,
      WebSocketPolyfill: documents ? WebSocket : socketWith((text) => this.texts.push(JSON.parse(text))),
    });
    const sync = this.provider.messageHandlers[SYNC];
    this.provider.messageHandlers[SYNC] = (reply, decoder, ...rest) => {
      if (decoding.peekVarUint(decoder) === SYNC_STEP_1) this.answered = true;
      sync(reply, decoder, ...rest);
    };
    this.provider.messageHandlers[SYNC_STATUS] = (_reply, decoder) => {
      const inner = decoding.createDecoder(decoding.readVarUint8Array(decoder));
      this.savedUpTo = Math.max(this.savedUpTo, decoding.readVarUint(inner));
    };
    this.provider.on('connection-close', (event) => {
      this.answered = false;
      if (event !== null) this.closes.push({ code: event.code, reason: event.reason });
    });
    this.provider.connect();
  }

  /** The server's document is here, and what was written here while it was away is on its way there. */
  get inStep() {
    return this.provider.wsconnected && this.provider.synced && this.answered;
  }

  get content() {
    return this.root.toString();
  }

  get people() {
    return [...this.provider.awareness.getStates().values()].map((state) => state.user?.name).filter((name) => name);
  }

  /** The first run of text in a paragraph, or the whole text of a `docs` document. */
  get writable() {
    if (this.root instanceof Y.Text) return this.root;
    const paragraph = this.root.toArray().find((node) => node.nodeName === 'paragraph');
    const text = paragraph?.toArray().find((node) => node instanceof Y.XmlText);
    if (text === undefined) throw new Error(`no paragraph to write in: ${this.content}`);
    return text;
  }

  write(text, atStart) {
    this.writable.insert(atStart ? 0 : this.writable.length, text);
  }

  /** Asks whether everything up to `mark` is safe; the answer comes as a frame of its own. */
  ask(mark) {
    const token = encoding.createEncoder();
    encoding.writeVarUint(token, mark);
    const frame = encoding.createEncoder();
    encoding.writeVarUint(frame, SYNC_STATUS);
    encoding.writeVarUint8Array(frame, encoding.toUint8Array(token));
    this.provider.ws.send(encoding.toUint8Array(frame));
  }

  async save() {
    const mark = ++this.asked;
    let socket = null;
    await until('the answer that it is saved', () => {
      if (this.inStep && this.provider.ws !== socket) {
        socket = this.provider.ws; // a question is lost with the socket that it was asked on
        this.ask(mark);
      }
      return this.savedUpTo >= mark;
    });
  }

  startTyping(prefix, everyMillis) {
    this.words = 0;
    this.savedUpTo = 0;
    this.typing = setInterval(() => {
      this.write(` ${prefix}${++this.words}.`, false);
      if (this.inStep) this.ask(this.words);
    }, everyMillis);
  }

  stopTyping() {
    clearInterval(this.typing);
    this.asked = this.words;
    return { typed: this.words, saved: this.savedUpTo };
  }

  close() {
    clearInterval(this.typing);
    this.provider.destroy();
    this.doc.destroy();
  }
}

const peers = new Map();
const peer = (args) => peers.get(args.peer) ?? fail(`there is no ${args.peer}`);
const fail = (text) => {
  throw new Error(text);
};

/** A socket without Yjs: says what a test wants said, and tells what came of it. */
async function raw({ url, room, protocols, headers, send, untilClosed }) {
  const socket = new WebSocket(`${url}/realtime/${room}`, protocols, { headers });
  const seen = { texts: [], frames: 0, closed: null };
  let pongs = 0;
  socket.on('message', (data, binary) => (binary ? seen.frames++ : seen.texts.push(data.toString())));
  socket.on('close', (code, reason) => (seen.closed = { code, reason: reason.toString() }));
  socket.on('error', (problem) => (seen.error = problem.message));
  socket.on('pong', () => pongs++);
  await until('the socket', () => socket.readyState !== WebSocket.CONNECTING);
  for (const frame of send) {
    if (socket.readyState !== WebSocket.OPEN) break;
    socket.send('text' in frame ? frame.text : Buffer.from(frame.binary, 'base64'));
  }
  if (socket.readyState === WebSocket.OPEN) socket.ping(); // answered after all that was sent before
  await until('an end or an answer', () => pongs > 0 || socket.readyState === WebSocket.CLOSED);
  if (untilClosed) await until('the close', () => seen.closed !== null);
  socket.terminate();
  return seen;
}

await answer({
  open: (args) => void peers.set(args.peer, new Peer(args)),
  synced: (args) => until('being in step', () => peer(args).inStep, () => JSON.stringify(peer(args).closes)),
  write: (args) => peer(args).write(args.text, args.atStart),
  writeForeign: (args) => peer(args).root.push([new Y.XmlElement('video')]),
  deleteLast: (args) => peer(args).root.delete(peer(args).root.length - 1, 1),
  seesFrame: (args) =>
    until(JSON.stringify(args.fields), () =>
      peer(args).texts.some((frame) => Object.entries(args.fields).every(([name, value]) => frame[name] === value)),
    ),
  content: (args) => peer(args).content,
  contentOf: (args) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Buffer.from(args.update, 'base64'));
    return doc.getXmlFragment('default').toString();
  },
  sees: (args) => until(args.text, () => peer(args).content.includes(args.text), () => `in ${peer(args).content}`),
  save: (args) => peer(args).save(),
  offline: (args) => peer(args).provider.disconnect(),
  online: (args) => peer(args).provider.connect(),
  present: (args) => peer(args).provider.awareness.setLocalStateField('user', { name: args.person }),
  people: (args) => peer(args).people.sort(),
  seesPerson: (args) =>
    until(args.person, () => peer(args).people.includes(args.person) === args.there, () => `in ${peer(args).people}`),
  texts: (args) => peer(args).texts,
  closed: async (args) => {
    await until('the close', () => peer(args).closes.length > 0);
    peer(args).provider.disconnect();
    return peer(args).closes[0];
  },
  cutOff: (args) => until('the end of the connection', () => !peer(args).provider.wsconnected),
  returned: async (args) => {
    const stale = () => peer(args).closes.find((close) => close.code === STALE);
    await until('being in step or stale', () => peer(args).inStep || stale(), () => JSON.stringify(peer(args).closes));
    return stale();
  },
  startTyping: (args) => peer(args).startTyping(args.prefix, args.everyMillis),
  typedAndSaved: (args) => until(`${args.count} saved`, () => peer(args).savedUpTo >= args.count),
  stopTyping: (args) => peer(args).stopTyping(),
  close: (args) => {
    peer(args).close();
    peers.delete(args.peer);
  },
  raw,
});

import { describe, expect, it } from 'vitest';
import { completeAddress, isWebAddress, mayFollow } from '../src/editor/schema/addresses';
import { en } from '../src/i18n/en';
import { fr } from '../src/i18n/fr';
import { judge } from '../src/realtime/close-codes';
import { knownReason } from '../src/realtime/reasons';
import { colourBeside, COLOURS, initials, type Presence, safeColour, usualColour } from '../src/realtime/people';
import { START } from '../src/realtime/save-state';
import { readTextFrame } from '../src/realtime/text-frames';
import { renewedLines } from '../src/views/renewed';

describe('a close of the socket', () => {
  it('is final where coming back would end the same way', () => {
    for (const code of [1007, 1009, 4001, 4003, 4004, 4401, 4409]) expect(judge(code, '').course, String(code)).toBe('final');
  });

  it('is followed by a return where it may help', () => {
    for (const code of [1000, 1001, 1005, 1006, 1011, 4500, 4503]) expect(judge(code, '').course, String(code)).toBe('again');
    for (const code of [1008, 4013, 4029]) expect(judge(code, '').course, String(code)).toBe('later');
  });

  it('tells a revoked session from an expired one', () => {
    expect(judge(4001, '{"code":"SESSION_REVOKED","reason":"sessions-revoked"}').cause).toBe('session-revoked');
    expect(judge(4001, '{"code":"AUTH_FAILED"}').cause).toBe('session-expired');
    expect(judge(4001, 'not JSON').cause).toBe('session-expired');
    expect(judge(4013, '{"code":"DOCUMENT_TOO_LARGE","reason":"document limit reached (10 bytes)"}').cause).toBe('document-full');
    expect(judge(4003, '{"code":"ORIGIN_NOT_ALLOWED"}').cause).toBe('origin-refused');
    expect(judge(4003, '{"code":"PERMISSION_DENIED"}').cause).toBe('not-permitted');
    expect(judge(4029, '{"code":"CONNECTION_LIMIT_EXCEEDED","reason":"per-user connection limit reached (10)"}').cause).toBe('too-many-sessions');
    expect(judge(4029, '{"code":"CONNECTION_LIMIT_EXCEEDED","reason":"per-room connection limit reached (9)"}').cause).toBe('too-many-people');
  });

  it('says how a session came to its end', () => {
    const revoked = (reason: string): string => judge(4001, JSON.stringify({ code: 'SESSION_REVOKED', reason })).cause;
    expect(['logged-out', 'session-expired', 'user-deleted'].map(revoked)).toEqual(['logged-out', 'session-expired', 'user-deleted']);
    expect(['sessions-revoked', '', 'another word'].map(revoked)).toEqual(Array(3).fill('session-revoked'));
    expect(judge(4001, '{"code":"SESSION_REVOKED"}').cause).toBe('session-revoked');
  });

  it('without a code is a refusal after an error frame, and a lost connection without one', () => {
    expect(judge(1005, '', true)).toEqual({ course: 'later', cause: 'not-let-in' });
    expect(judge(1005, '')).toEqual({ course: 'again', cause: 'connection-lost' });
    expect(judge(1006, '', true).course).toBe('again');
  });

  it('says whether the server keeps what only a window of an earlier start of the record had', () => {
    expect(judge(4409, '{"code":"GENERATION_STALE","kept":true}')).toEqual({ course: 'final', cause: 'record-renewed', kept: true });
    for (const reason of ['{"code":"GENERATION_STALE","kept":false}', '', 'null', '[]', '{"code":"GENERATION_STALE"}', '{"kept":"true"}']) {
      expect(judge(4409, reason), reason).toEqual({ course: 'final', cause: 'record-renewed', kept: false });
    }
  });

  it('tells of the words of a window whose record started anew only what is known', () => {
    const words = en.notices;
    const state = { ...START, link: 'refused' as const, edits: 3 };
    const told = (saved: number, kept: boolean): readonly string[] => renewedLines({ ...state, saved }, kept).slice(1, -1);
    expect(told(3, true)).toEqual([words.renewedKept]);
    expect(told(2, true)).toEqual([words.renewedKept, words.renewedUnsent(1)]);
    expect(told(1, false)).toEqual([words.renewedUnsent(2)]);
    expect(told(3, false)).toEqual([words.renewedSaved]);
    expect(renewedLines({ ...state, edits: 0 }, false)).toEqual([words.renewed, words.renewedOld]);
  });

  it('has words for every cause in both languages', () => {
    for (const code of [1001, 1005, 1006, 1007, 1008, 1009, 4001, 4003, 4004, 4013, 4029, 4409, 4503]) {
      const { cause } = judge(code, '');
      expect(en.notices.causes[cause]).toBeTruthy();
      expect(fr.notices.causes[cause]).toBeTruthy();
    }
  });

  it('and a reason why one may only read are said in the language of the page', () => {
    expect(knownReason('Your role may read this record only')).toBe('role');
    expect(knownReason('This record is archived')).toBe('archived');
    for (const said of ['', 'toString', 'A video']) expect(knownReason(said)).toBeNull();
    expect(fr.notices.reasons.role).toContain('rôle');
    expect(fr.notices.reasons.archived).toContain('archivé');
  });
});

describe('text frames', () => {
  it('are read as the contract writes them', () => {
    expect(readTextFrame('{"type":"control","event":"connection.ack","roomId":"records:a","clientId":"client_1_x"}')).toEqual({
      kind: 'ack',
      room: 'records:a',
    });
    expect(readTextFrame('{"type":"control","event":"error","error":{"code":"AUTH_FAILED","message":"No"}}')).toEqual({
      kind: 'error',
      code: 'AUTH_FAILED',
      message: 'No',
    });
    expect(readTextFrame('{"type":"control","event":"draft","written":false,"reason":"a"}')).toEqual({ kind: 'draft', reason: 'a' });
    expect(readTextFrame('{"type":"control","event":"draft","written":true}')).toEqual({ kind: 'draft', reason: null });
    expect(readTextFrame('{"type":"control","event":"read-only","reasons":["a","b"]}')).toEqual({
      kind: 'read-only',
      reasons: ['a', 'b'],
    });
  });

  it('say when a session may edit again, and that too much is sent', () => {
    expect(readTextFrame('{"type":"control","event":"editable"}')).toEqual({ kind: 'editable' });
    expect(readTextFrame('{"type":"control","event":"warning","warning":{"code":"RATE_LIMIT","message":"a"}}')).toEqual({
      kind: 'warning',
      code: 'RATE_LIMIT',
    });
    expect(readTextFrame('{"type":"control","event":"warning"}')).toEqual({ kind: 'warning', code: '' });
  });

  it('say whether edits become durable, and how many proposals wait', () => {
    expect(readTextFrame('{"type":"control","event":"saving","saved":false,"reason":"The disk is full."}')).toEqual({
      kind: 'saving',
      trouble: 'The disk is full.',
    });
    expect(readTextFrame('{"type":"control","event":"saving","saved":false}')).toEqual({ kind: 'saving', trouble: '' });
    expect(readTextFrame('{"type":"control","event":"saving","saved":true}')).toEqual({ kind: 'saving', trouble: null });
    expect(readTextFrame('{"type":"control","event":"proposals","count":2}')).toEqual({ kind: 'proposals', count: 2 });
    expect(readTextFrame('{"type":"control","event":"proposals"}')).toEqual({ kind: 'proposals', count: 0 });
  });

  it('of any other kind are ignored', () => {
    for (const text of ['', 'null', '[]', '{"type":"pong","timestamp":1}', '{"type":"control","event":"new"}', '{"type":"control"}']) {
      expect(readTextFrame(text)).toBeNull();
    }
  });
});

describe('people', () => {
  const person = (client: number, name: string, color: string): Presence => ({ client, name, color, self: false });

  it('keep their usual colour unless somebody who came first wears it', () => {
    const usual = COLOURS[usualColour('Petra Quill')]!;
    expect(colourBeside(person(7, 'Petra Quill', usual), [])).toBe(usual);
    expect(colourBeside(person(7, 'Petra Quill', usual), [person(9, 'Ada', usual)])).toBe(usual);
    expect(colourBeside(person(7, 'Petra Quill', usual), [person(3, 'Ada', usual)])).not.toBe(usual);
    expect(colourBeside(person(7, 'Petra Quill', usual), [person(3, 'Petra Quill', usual)])).toBe(usual);
  });

  it('wear colours that carry white text', () => {
    for (const colour of COLOURS) expect(contrastWithWhite(colour), colour).toBeGreaterThanOrEqual(4.5);
  });

  it('bring no style of their own', () => {
    expect(safeColour('#12abEF')).toBe('#12abEF');
    expect(safeColour('red; background: url(x)')).toBe('#4a4f57');
    expect(safeColour(undefined)).toBe('#4a4f57');
  });

  it('are abbreviated by first and last name', () => {
    expect(initials('Petra Quill')).toBe('PQ');
    expect(initials('noah')).toBe('N');
    expect(initials('')).toBe('?');
  });
});

describe('addresses', () => {
  it('that run code are never followed', () => {
    for (const address of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', ' \u0001javascript:x', 'data:text/html,x', 'vbscript:x', '']) {
      expect(mayFollow(address), address).toBe(false);
      expect(completeAddress(address), address).toBeNull();
    }
  });

  it('are completed as people mean them', () => {
    expect(completeAddress(' town.example/fees ')).toBe('https://town.example/fees');
    expect(completeAddress('clerk@town.example')).toBe('mailto:clerk@town.example');
    expect(completeAddress('/records/a')).toBe('/records/a');
    expect(completeAddress('#rates')).toBe('#rates');
    expect(completeAddress('../map.pdf')).toBe('../map.pdf');
    expect(completeAddress('https://town.example')).toBe('https://town.example');
    expect(completeAddress('two words')).toBeNull();
  });

  it('are recognised in what is pasted', () => {
    expect(isWebAddress('https://town.example/a?b')).toBe(true);
    expect(isWebAddress('see https://town.example')).toBe(false);
  });
});

describe('the languages', () => {
  it('have words for the same things', () => {
    const shape = (words: object): unknown =>
      Object.fromEntries(
        Object.entries(words).map(([key, value]) => [key, typeof value === 'object' ? shape(value as object) : typeof value]),
      );
    expect(shape(fr)).toEqual(shape(en));
  });

  it('count as people do', () => {
    expect(en.state.offlineWaiting(1)).toBe('Offline, 1 change waiting');
    expect(en.state.offlineWaiting(3)).toBe('Offline, 3 changes waiting');
    expect(fr.state.offlineWaiting(1)).toBe('Hors ligne, 1 modification en attente');
    expect(fr.state.offlineWaiting(3)).toBe('Hors ligne, 3 modifications en attente');
    expect(en.proposals.waiting(1)).toBe('1 proposal waits.');
    expect(fr.proposals.waiting(2)).toBe('2 propositions attendent.');
    expect(en.proposals.from(['Claire', 'Petra', 'Noah'])).toBe('Changes from an earlier version by Claire, Petra and Noah');
    expect(fr.proposals.from(['Claire', 'Petra'])).toBe('Modifications d’une version antérieure, par Claire et Petra');
    expect(en.notices.renewedUnsent(1)).toContain('1 change');
    expect(fr.notices.renewedUnsent(1)).toContain('1 modification faite ici n’est');
    expect(fr.notices.renewedUnsent(2)).toContain('2 modifications faites ici ne sont');
    expect(en.status('some_new_status')).toBe('Some new status');
  });
});

function contrastWithWhite(colour: string): number {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 1.05 / (0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) + 0.05);
}

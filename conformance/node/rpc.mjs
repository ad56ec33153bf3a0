// Answers one request a line: {"id":1,"op":"open","args":{…}} with {"id":1,"value":…} or {"id":1,"error":"…"}.
// The Java side asks and waits, so the operations are written as if there were no other.
import { createInterface } from 'node:readline';

/** How long something may take before it counts as never coming. A busy machine may stand still for half a minute. */
export const PATIENCE_MILLIS = 180_000;

export async function answer(operations) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, op, args } = JSON.parse(line);
    let reply;
    try {
      reply = { id, value: (await operations[op](args)) ?? null };
    } catch (problem) {
      reply = { id, error: String(problem.stack ?? problem) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  process.exit(0); // the tests have ended
}

/** Resolves when `holds()` is true, and fails when that does not come about. */
export async function until(what, holds, describe = () => '') {
  const end = Date.now() + PATIENCE_MILLIS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what} ${describe()}`);
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

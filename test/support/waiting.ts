// Waiting in tests: for something to become true, and a promise to be kept by hand.
import { setTimeout as sleep } from "node:timers/promises";

/** Looks every few milliseconds; fails after `ms`. */
export async function until(what: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) if (await what()) return;
  if (!(await what())) throw new Error(`waited ${ms} ms for nothing`);
}

export function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

// Hashes and keyed hashes. SHA-256 everywhere, in lower-case hex, so that an outsider can repeat them with any tool.
import { createHmac, hash, timingSafeEqual } from "node:crypto";

export const sha256 = (text: string): string => hash("sha256", text, "hex");

/** A keyed hash bound to one purpose, so that a token made for one thing never opens another (SEC28). */
export const keyedHash = (secret: string, purpose: string, text: string): string =>
  createHmac("sha256", secret).update(`${purpose}\n${text}`, "utf8").digest("hex");

/** Compares without telling by its time where two texts differ. */
export const sameText = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

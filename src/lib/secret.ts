// Key material on disk: made on first start, readable by its owner only, never printed.
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The secret in `file`; made there (mode 0600) when there is none. Two starting at once agree: the second reads the first's. */
export function readSecret(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length < 32)
    throw new Error(
      `the secret in ${file} is too short; put back the right one, or remove it to make a new one`,
    );
  return secret;
}

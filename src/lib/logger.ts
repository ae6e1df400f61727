// The running log for operators (not the shared record). Fields, not prose; addresses and names never reach it (SEC33).
import pino from "pino";

export type Logger = pino.Logger;

const PERSONAL = [
  "email",
  "address",
  "to",
  "firstName",
  "*.email",
  "*.address",
  "*.to",
  "*.firstName",
  "err.envelope",
  "err.rejected",
];

function briefly(err: unknown): unknown {
  if (!(err instanceof Error)) return err;
  const { name, message, stack, code, cause } = err as Error & { code?: unknown };
  return { type: name, message, code, stack, ...(cause === undefined ? {} : { cause: briefly(cause) }) };
}

/** `pretty` is for people at a terminal: warnings and errors only, so that progress stays readable. */
export function makeLogger({
  level,
  destination = 2,
}: {
  level: string;
  destination?: number | string;
}): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // A database's error carries its whole connection along; what it says and where is enough.
      serializers: { err: briefly },
      redact: { paths: PERSONAL, censor: "[person]" },
    },
    pino.destination({ dest: destination, sync: true, mkdir: true }),
  );
}

// Is somebody there, and do they speak as expected? Asked once at start, so that a wrong address is said at once.
import { connect } from "node:net";

/**
 * Connects and, where `greeting` is given, waits for a first line that begins so. Null when all is well, otherwise the
 * reason in a few words.
 */
export function whyUnreachable(
  { host, port, greeting }: { host: string; port: number; greeting?: string },
  timeoutMs = 5_000,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (why: string | null) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(timeoutMs, () => end(`no answer within ${timeoutMs / 1000} seconds`));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once("connect", () => greeting === undefined && end(null));
    socket.once("data", (data: Buffer) =>
      end(
        data.toString("latin1").startsWith(greeting ?? "") ? null : "what answers there is not a mail relay",
      ),
    );
  });
}

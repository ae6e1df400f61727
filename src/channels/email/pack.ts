// Puts the pieces of a message together in a buffer that belongs to its connection: thousands of messages a second leave nothing
// behind for the garbage collector. A connection carries one message at a time, and an answered message has been sent whole, so
// its buffer is free again.
import type { Message } from "./mime.ts";
import type { Piece } from "./quoted-printable.ts";

const buffers = new WeakMap<object, Buffer>();
const ROOM = 16_384;

/** In bytes; `isAscii`: the strings among the pieces have one byte a character. */
export function sizeOf(pieces: readonly Piece[], isAscii: boolean): number {
  let bytes = 0;
  for (const piece of pieces)
    bytes += typeof piece === "string" && !isAscii ? Buffer.byteLength(piece) : piece.length;
  return bytes;
}

/** The head of `message` in the buffer of `connection`; valid until the connection's next message. */
export function pack(connection: object, { head, isAscii }: Pick<Message, "head" | "isAscii">): Buffer {
  const bytes = sizeOf(head, isAscii);
  const room = roomFor(connection, bytes);
  let at = 0;
  for (const piece of head) {
    if (typeof piece === "string")
      at += isAscii ? room.write(piece, at, "latin1") : room.write(piece, at, "utf8");
    else at += piece.copy(room, at);
  }
  return room.subarray(0, at);
}

function roomFor(connection: object, bytes: number): Buffer {
  const found = buffers.get(connection);
  if (found && found.length >= bytes) return found;
  const made = Buffer.allocUnsafeSlow(Math.ceil(bytes / ROOM) * ROOM);
  buffers.set(connection, made);
  return made;
}

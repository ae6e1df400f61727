// A picture as it is frozen: its bytes under their hash, its kind and size by content, never by file name.
import { createHash } from "node:crypto";
import { imageSize } from "image-size";
import { DomainError } from "../domain/errors.ts";

export interface Picture {
  readonly sha256: string;
  readonly mime: "image/png" | "image/jpeg";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

const MIMES = { png: "image/png", jpg: "image/jpeg" } as const;
/** Emails are opened on slow phones; a page of ours carries at most a few of these. */
const MOST_BYTES = 500_000;

/** Throws DomainError "picture" for anything that is not a PNG or JPEG of bearable size. */
export function readPicture(buffer: Buffer, name: string): Picture {
  const refuse = (why: string) => new DomainError("picture", `The picture ${name} ${why}.`);
  if (buffer.byteLength > MOST_BYTES)
    throw refuse(`is ${buffer.byteLength} bytes; at most ${MOST_BYTES} can be used`);
  const size = sizeOf(buffer);
  if (!size) throw refuse("is not a PNG or JPEG");
  const bytes = new Uint8Array(buffer);
  return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes, ...size };
}

function sizeOf(buffer: Buffer) {
  try {
    const { type, width, height } = imageSize(buffer);
    const mime = MIMES[type as keyof typeof MIMES] as Picture["mime"] | undefined;
    return mime ? { mime, width, height } : null;
  } catch {
    return null;
  }
}

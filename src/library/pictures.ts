// Freezes a campaign's pictures: their bytes are kept under their hash before anything refers to them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageRef } from "../domain/content.ts";
import { DomainError } from "../domain/errors.ts";
import type { FrozenImage } from "../domain/issue.ts";
import type { Store } from "../store/store.ts";
import { type Picture, readPicture } from "./picture.ts";

/** From where a picture's file is read: the library's folder of a message, or the folder of a campaign file. */
export type Open = (file: string) => Promise<Picture>;

export const fromFolder =
  (folder: string): Open =>
  async (file) => {
    const bytes = await readFile(join(folder, file)).catch(() => {
      throw new DomainError("picture", `There is no picture ${file} beside the campaign file (${folder}).`);
    });
    return readPicture(bytes, file);
  };

export async function freezePictures(
  images: readonly ImageRef[],
  open: Open,
  keep: Store["site"]["keepPicture"],
): Promise<Record<string, FrozenImage>> {
  const frozen: Record<string, FrozenImage> = {};
  for (const { key, file, alt } of images) {
    const picture = await open(file);
    await keep(picture);
    const { sha256, width, height } = picture;
    frozen[key] = { sha256, alt, width, height };
  }
  return frozen;
}

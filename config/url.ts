// A setting that is an address of one of some protocols, with its fault in words.
import { z } from "zod";

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text), "is not an address")
    .refine(
      (text) => !URL.canParse(text) || protocols.includes(new URL(text).protocol),
      `must begin with ${protocols.map((p) => `${p}//`).join(" or ")}`,
    );

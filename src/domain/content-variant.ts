// Lays an audience variant over the common content: a variant replaces whole fields and says nothing about the rest. Pure.
import { type EmailVariant, type LanguageContent } from "./content.ts";

/**
 * The content one segment reads in one language. Only the email may vary. An absent field, or an empty list of blocks
 * (what the schema makes of an absent one), keeps the common text: a variant can replace, never silently delete.
 */
export function mergeVariant(
  content: LanguageContent,
  variant?: { readonly email: EmailVariant },
): LanguageContent {
  if (!variant || !content.email) return content;
  const { subject, preheader, opening, blocks } = variant.email;
  return {
    ...content,
    email: {
      subject: subject ?? content.email.subject,
      preheader: preheader ?? content.email.preheader,
      opening: opening ?? content.email.opening,
      blocks: blocks && blocks.length > 0 ? blocks : content.email.blocks,
    },
  };
}

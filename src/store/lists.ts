// Lists and the words people agree to when they join one. A version of words never changes once it is there: it is evidence (LAW3).
import type { ListWording } from "../domain/audience-file.ts";
import type { Basis, ListKind } from "../domain/basis.ts";
import { DomainError } from "../domain/errors.ts";
import type { Prisma, PrismaClient } from "../generated/prisma/client.ts";

export interface ListRow {
  readonly key: string;
  /** Sealed where the list is sensitive (src/audience/sealed-topic.ts). */
  readonly name: string;
  readonly agencyKey: string;
  readonly reason: string;
  readonly privacyNoticeUrl: string;
  readonly controllers: readonly string[];
  readonly basis: Basis;
  readonly kind: ListKind;
  readonly sensitive: boolean;
  readonly open: boolean;
  /** The words people agree to now, sealed as the name is; the table keeps every version there was. `open`: as they are, where sealed to be written. */
  readonly wording: ListWording & { readonly open?: string };
  readonly agreement: string | null;
  /** A day, "2027-03-31". */
  readonly agreementUntil: string | null;
}

/** The lists in use, with their present words. */
export async function readLists(prisma: PrismaClient): Promise<ListRow[]> {
  const rows = await prisma.list.findMany({
    where: { active: true },
    orderBy: { key: "asc" },
    include: { wordings: true },
    omit: { active: true },
  });
  return rows.map(({ wordings, wordingVersion, agreementUntil, ...row }) => ({
    ...(row as Omit<ListRow, "wording" | "agreementUntil">),
    agreementUntil: agreementUntil?.toISOString().slice(0, 10) ?? null,
    // A list of an earlier set-up has no words on record yet.
    wording: {
      version: wordingVersion,
      text: wordings.find(({ version }) => version === wordingVersion)?.text ?? "",
    },
  }));
}

/** Throws DomainError "wording-changed" where other words come under a version that people agreed to. */
export async function writeList(
  tx: Prisma.TransactionClient,
  { wording, agreementUntil, controllers, ...list }: ListRow,
): Promise<void> {
  const row = {
    ...{ ...list, controllers: [...controllers], wordingVersion: wording.version },
    agreementUntil: agreementUntil === null ? null : new Date(`${agreementUntil}T00:00:00Z`),
  };
  await tx.list.upsert({ where: { key: list.key }, create: row, update: { ...row, active: true } });
  const { version, text, open } = wording;
  const where = { listKey_version: { listKey: list.key, version } };
  const known = await tx.wording.findUnique({ where });
  if (known === null) await tx.wording.create({ data: { listKey: list.key, version, text } });
  // The list was not sensitive yet when they were written down: the same words, sealed from now on.
  else if (known.text === open) await tx.wording.update({ where, data: { text } });
  else if (known.text !== text)
    throw new DomainError(
      "wording-changed",
      `The words of list "${list.key}" changed, but their version is still "${wording.version}". People agreed to the old words: give the new ones a version of their own.`,
    );
}

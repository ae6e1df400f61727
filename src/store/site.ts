// The public site's own shelves: articles and pictures.
import type { Article } from "../generated/prisma/client.ts";
import type { Database } from "./database.ts";

export interface NewArticle {
  readonly id: string;
  readonly slug: string;
  readonly reference: string;
  readonly language: string;
  readonly title: string;
  readonly summary: string;
  readonly html: string;
  readonly text: string;
  readonly sensitive: boolean;
}

export interface NewPicture {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** One that has expired is in no list; its own page still finds it, to say so. */
const EXPIRED = `EXISTS (SELECT 1 FROM communication c WHERE c.reference = a.reference AND c.expires_at <= app_now())`;

export function openSite({ prisma, pool }: Database) {
  /** In the order of the ids given. */
  const articles = async (sql: string, values: unknown[]): Promise<Article[]> => {
    const { rows } = await pool.query<{ id: string }>(sql, values);
    const found = await prisma.article.findMany({ where: { id: { in: rows.map((row) => row.id) } } });
    return rows.flatMap(({ id }) => found.find((article) => article.id === id) ?? []);
  };
  return {
    /** Publishing the same id again changes nothing. Returns the slug it has, or null where another article has that slug. */
    async publish(article: NewArticle): Promise<string | null> {
      await prisma.article.createMany({ data: [article], skipDuplicates: true });
      return (await prisma.article.findUnique({ where: { id: article.id } }))?.slug ?? null;
    },
    bySlug: (slug: string) => prisma.article.findUnique({ where: { slug } }),
    /** When the communication of that reference expired; null where it has not, or never does. */
    async expiredAt(reference: string): Promise<Date | null> {
      const { rows } = await pool.query<{ at: Date }>(
        "SELECT expires_at AS at FROM communication WHERE reference = $1 AND expires_at <= app_now()",
        [reference],
      );
      return rows[0]?.at ?? null;
    },
    byId: (id: string) => prisma.article.findUnique({ where: { id } }),
    /** In every language, but for what has expired. */
    byReference: (reference: string) =>
      articles(`SELECT id FROM article a WHERE reference = $1 AND NOT ${EXPIRED} ORDER BY language`, [
        reference,
      ]),
    /** The newest that have not expired. */
    newest: (limit: number, language?: string) =>
      articles(
        `SELECT id FROM article a WHERE ($2::text IS NULL OR language = $2) AND NOT ${EXPIRED}
          ORDER BY published_at DESC, id LIMIT $1`,
        [limit, language ?? null],
      ),

    keepPicture: async (picture: NewPicture): Promise<void> => {
      await prisma.media.createMany({ data: [picture], skipDuplicates: true });
    },
    picture: (sha256: string) => prisma.media.findUnique({ where: { sha256 } }),
  };
}

// The public site's own shelves: articles and pictures.
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

export function openSite({ prisma }: Database) {
  return {
    /** Publishing the same id again changes nothing. Returns the slug it has, or null where another article has that slug. */
    async publish(article: NewArticle): Promise<string | null> {
      await prisma.article.createMany({ data: [article], skipDuplicates: true });
      return (await prisma.article.findUnique({ where: { id: article.id } }))?.slug ?? null;
    },
    bySlug: (slug: string) => prisma.article.findUnique({ where: { slug } }),
    byId: (id: string) => prisma.article.findUnique({ where: { id } }),
    byReference: (reference: string) =>
      prisma.article.findMany({ where: { reference }, orderBy: { language: "asc" } }),
    newest: (limit: number, language?: string) =>
      prisma.article.findMany({
        where: language ? { language } : {},
        orderBy: [{ publishedAt: "desc" }, { id: "asc" }],
        take: limit,
      }),

    keepPicture: async (picture: NewPicture): Promise<void> => {
      await prisma.media.createMany({ data: [picture], skipDuplicates: true });
    },
    picture: (sha256: string) => prisma.media.findUnique({ where: { sha256 } }),
  };
}

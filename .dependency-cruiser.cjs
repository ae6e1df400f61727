// Who may import whom. DESIGN: domain → nothing; lib → nothing of ours; the edges meet only in src/deps.ts.
const only = (name, from, allowed, { types = [] } = {}) => ({
  name,
  severity: "error",
  comment:
    `${from} may import only: ${[name.split(":")[0], ...allowed].join(", ")}` +
    (types.length ? `; and the types of ${types.join(", ")}` : ""),
  from: { path: `^${from}/` },
  to: {
    path: "^(src|workers|config|bench|test|prisma)/",
    pathNot: [`^${from}/`, ...allowed.map((a) => `^${a}`)].join("|"),
  },
});
const typesOnly = (name, from, rooms) => ({
  name,
  severity: "error",
  comment: `${from} may use ${rooms.join(", ")} only as types; the real ones arrive in deps`,
  from: { path: `^${from}/` },
  to: { path: rooms.map((r) => `^${r}/`).join("|"), dependencyTypesNot: ["type-only"] },
});
const edges = ["src/store/", "src/queue/", "src/channels/", "src/library/"];
const business = ["src/domain/", "src/lib/", "src/render/", "config/limits.ts", "config/audience-limits.ts"];

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans-in-src",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$|^src/web/assets/|^src/channels/" },
      to: {},
    },
    only("domain", "src/domain", []),
    only("lib", "src/lib", []),
    only("config", "config", ["src/lib/", "src/domain/"]),
    only("render", "src/render", ["src/domain/", "src/lib/", "config/limits.ts"]),
    only("channels", "src/channels", ["src/domain/", "src/lib/", "config/limits.ts"]),
    only("store", "src/store", [
      ...["src/domain/", "src/lib/", "src/generated/"],
      ...["config/limits.ts", "config/audience-limits.ts"],
    ]),
    only("queue", "src/queue", ["src/domain/", "src/lib/", "config/limits.ts"]),
    ...["journey", "audience", "partnership"].flatMap((room) => [
      only(room, `src/${room}`, [...business, ...edges]),
      typesOnly(`${room}-takes-edges-as-types`, `src/${room}`, ["src/store", "src/queue", "src/channels"]),
    ]),
    only("library", "src/library", [...business, "src/store/"]),
    typesOnly("library-takes-the-store-as-types", "src/library", ["src/store"]),
    only("embedded", "src/embedded", ["src/domain/", "src/lib/", "config/limits.ts"]),
    {
      name: "only-deps-wires-the-store",
      severity: "error",
      comment:
        "store, queue and embedded are opened in src/deps.ts (and by tests and benchmarks), nowhere else",
      from: {
        path: "^(src|workers|prisma)/",
        pathNot: "^src/(deps\\.ts|house\\.ts|store/|queue/|embedded/)",
      },
      to: { path: "^src/(store|queue|embedded)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "workers-see-queue-and-steps",
      severity: "error",
      from: { path: "^workers/" },
      to: { path: "^src/(store|render|channels|embedded|web|cli)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-channel-imports-another",
      severity: "error",
      comment:
        "one file per channel, and its own folder of that name; what two share lives in channel.ts or in lib",
      from: { path: "^src/channels/(?!channel\\.ts|registry\\.ts)([^/.]+)(/|\\.ts$)" },
      to: { path: "^src/channels/", pathNot: "^src/channels/(channel\\.ts$|$1/)" },
    },
    {
      name: "no-step-imports-another",
      severity: "error",
      comment:
        "a step calls another only through deps (it may name another's shapes); record and log are the two everyone shares, and dispatch has a folder of parts",
      from: { path: "^src/journey/" },
      to: {
        path: "^src/journey/",
        pathNot: "^src/journey/(log|record)\\.ts$|^src/journey/dispatch/",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "prisma-lives-in-store",
      severity: "error",
      from: {
        path: "^(src|workers|config)/",
        pathNot: "^src/(store/|generated/|embedded/|queue/postgres\\.ts$)",
      },
      to: { path: "node_modules/(pg|@prisma)/|^src/generated/" },
    },
    {
      name: "bullmq-lives-in-queue",
      severity: "error",
      from: { path: "^(src|workers|config)/", pathNot: "^src/queue/" },
      to: { path: "node_modules/(bullmq|ioredis)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|src/generated" },
    exclude: { path: "src/web/assets" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};

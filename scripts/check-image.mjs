// Checks the image without a Docker engine: each source of a COPY is in git and not hidden by .dockerignore, each
// manifest of the workspace is copied before the packages are installed, each setting of .env.example reaches the
// services of docker-compose.yml that read it, each setting there is one that is read, each file that they mount is in git,
// and the Dockerfile deletes nothing that the database client loads. Prints what is wrong and exits 1.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..');
const read = (file) => readFileSync(join(root, file), 'utf8');

const committed = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const isHidden = matcherOf(read('.dockerignore'));
const context = committed.filter((file) => !isHidden(file));
const folders = [...read('pnpm-workspace.yaml').matchAll(/^ {2}- (\S+)$/gm)].map(([, glob]) =>
  glob.replace('*', '[^/]+'),
);
const manifests = committed.filter((file) =>
  new RegExp(`^(${folders.join('|')})/package\\.json$`).test(file),
);

const sources = copiedFromContext(read('Dockerfile'));
// What docker-compose.yml sets itself: inside the containers an .env file must not change it.
const fixed = ['DATABASE_URL', 'REDIS_URL', 'HOST', 'PORT', 'WORKER_HEALTH_PORT'];
const unread = {
  api: ['WORKER_HEALTH_PORT'],
  worker: [
    'HOST',
    'PORT',
    'API_AUTH',
    'JWT_JWKS_URL',
    'JWT_ISSUER',
    'JWT_AUDIENCE',
    'REQUESTS_PER_MINUTE',
    'MENTORS_PER_DAY',
    'REGISTRATIONS_IN_FLIGHT',
    'TRUSTED_PROXIES',
    'MAX_WATCHERS_PER_CALLER',
    'ADMIN_USER',
    'ADMIN_PASSWORD',
    'VIEWER_PASSWORD',
    'DASHBOARD_READ_ONLY',
  ],
};
const settings = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
const { services } = parse(read('docker-compose.yml'), { merge: true });

const problems = [
  ...sources
    .filter((source) => !isInContext(source))
    .map((source) => `Dockerfile: COPY ${source}: not in the build context`),
  ...manifests
    .filter((file) => !sources.includes(file))
    .map((file) => `Dockerfile: ${file} is not copied before the install`),
  ...loadedCompilers()
    .filter((file) => !isKept(file))
    .map((file) => `Dockerfile: it deletes ${file} of Prisma, which the database client loads`),
  ...Object.keys(unread).flatMap((service) =>
    settings
      .filter((name) => !unread[service].includes(name) && !isPassedTo(service, name))
      .map((name) => `docker-compose.yml: ${name} does not reach ${service} as it should`),
  ),
  // OpenTelemetry reads its own settings.
  ...[...Object.keys(unread), 'migrate'].flatMap((service) =>
    Object.keys(services[service].environment)
      .filter((name) => !settings.includes(name) && !name.startsWith('OTEL_'))
      .map((name) => `docker-compose.yml: ${service} sets ${name}, which nothing reads`),
  ),
  ...Object.values(services)
    .flatMap(boundSources)
    .filter((source) => !isCommitted(source))
    .map((source) => `docker-compose.yml: ${source} is mounted and not in git`),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The sources of every COPY that takes from the build context and not from an earlier stage. */
function copiedFromContext(dockerfile) {
  return dockerfile
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
}

/** The files of Prisma's query compiler that the generated client imports. */
function loadedCompilers() {
  const client = read('packages/core/src/database/generated/internal/class.ts');
  return [...client.matchAll(/@prisma\/client\/runtime\/(query_compiler_[^'"]+)['"]/g)].map(
    ([, file]) => file,
  );
}

function isKept(file) {
  const [, kept] = /query_compiler_\*' -not -name '([^']+)'/.exec(read('Dockerfile')) ?? [];
  return kept !== undefined && patternOf(kept).test(file);
}

function isInContext(source) {
  return (
    source === '.' ||
    context.some((file) => file === source || file.startsWith(`${source.replace(/\/$/, '')}/`))
  );
}

/** True if the service has the setting: from the shell or .env, or as a fixed value if it is one of `fixed`. */
function isPassedTo(service, name) {
  const value = services[service].environment[name];
  return value !== undefined && `${value}`.startsWith(`\${${name}:`) !== fixed.includes(name);
}

/** The files and folders of the project that the containers see. */
function boundSources({ volumes = [] }) {
  return volumes.map((volume) => volume.split(':')[0]).filter((source) => source.startsWith('./'));
}

function isCommitted(source) {
  const path = source.replace('./', '');
  return committed.some((file) => file === path || file.startsWith(`${path}/`));
}

/** What .dockerignore hides. Of its language only what ours uses: `*`, `**`, comments and `!`; the last rule wins. */
function matcherOf(ignoreFile) {
  const rules = ignoreFile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ hides: !line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (file) => rules.findLast(({ pattern }) => pattern.test(file))?.hides ?? false;
}

/** A folder that matches hides all below it. */
function patternOf(glob) {
  const source = glob
    .replace(/^\/|\/$/g, '')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\u0000')
    .replaceAll('*', '[^/]*')
    .replaceAll('\u0000', '(?:.*/)?');
  return new RegExp(`^${source}(?:/|$)`);
}

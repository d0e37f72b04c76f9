import { randomUUID } from 'node:crypto';
import { BASE_PATH } from '@bulk/contract';
import { type Deps, readingDeps } from '@bulk/core';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { App } from './fastify-app.ts';
import { addAccess } from './plugins/access.ts';
import { addCors } from './plugins/cors.ts';
import { addDashboard } from './plugins/dashboard.ts';
import { addDraining } from './plugins/draining.ts';
import { addProblems, answerFrameworkError } from './plugins/errors.ts';
import { addHealth } from './plugins/health.ts';
import { addJsonBodies } from './plugins/json-body.ts';
import { addLimits } from './plugins/limits.ts';
import { addLoadShedding } from './plugins/load-shedding.ts';
import { addHttpMetrics } from './plugins/metrics.ts';
import { addOpenApi } from './plugins/openapi.ts';
import { answerNodeRefusals, answerParserError } from './plugins/parser-errors.ts';
import { addRequestLog } from './plugins/request-log.ts';
import { addSecurityHeaders } from './plugins/security-headers.ts';
import { addSerialization } from './plugins/serialization.ts';
import { addTracing } from './plugins/tracing.ts';
import { addValidation } from './plugins/validation.ts';
import { addWebPages } from './plugins/web.ts';
import { activityRoutes } from './routes/activities.ts';
import { callerRoute } from './routes/get-caller.ts';
import { operationsRoute } from './routes/get-operations.ts';
import { totalsRoute } from './routes/get-totals.ts';
import { workersRoute } from './routes/list-workers.ts';
import { registrationRoutes } from './routes/registrations.ts';
import { searchRoute } from './routes/search.ts';

/** The whole HTTP side, not yet listening. Closing it leaves `deps` open. */
export async function buildApp(deps: Deps): Promise<App> {
  const app = createServer(deps);
  const reading = readingDeps(deps);

  await addTracing(app, deps);
  addSecurityHeaders(app);
  addDraining(app);
  addRequestLog(app);
  addHttpMetrics(app, deps);
  addProblems(app);
  answerNodeRefusals(app);
  addJsonBodies(app, deps.config);
  addValidation(app);
  addSerialization(app);
  addAccess(app, deps);
  addLimits(app, deps);
  await addCors(app, deps.config);
  await addOpenApi(app);

  await app.register(async (scope) => {
    await addLoadShedding(scope, deps);
    await scope.register(registrationRoutes(deps), { prefix: BASE_PATH });
    activityRoutes(scope, reading);
    searchRoute(scope, reading);
    totalsRoute(scope, reading);
  });
  workersRoute(app, deps);
  operationsRoute(app, reading);
  callerRoute(app);
  addHealth(app, deps);
  await addDashboard(app, deps);
  await addWebPages(app);

  return app;
}

function createServer({ config, log }: Deps): App {
  const loggerInstance: FastifyBaseLogger = log;
  return Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: config.bodyLimitBytes,
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    /** A request, body and all, has this long to arrive. */
    requestTimeout: 60_000,
    /** A connection on which nothing moves is closed: a client that stalls holds a part of our memory. */
    connectionTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // Its own answer to a missing host has no body.
    http: { headersTimeout: 30_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    // A request that still comes through an open connection is answered; the connection then closes.
    return503OnClosing: false,
    // Longer than any address Node's parser lets through: an odd id is a 404, whatever its length.
    routerOptions: { maxParamLength: 65_536 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerParserError,
  }).withTypeProvider<TypeBoxTypeProvider>();
}

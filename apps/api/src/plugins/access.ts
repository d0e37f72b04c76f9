import {
  ANONYMOUS,
  AppError,
  type Caller,
  type Deps,
  hasRole,
  isRegistrationOf,
  parseRegistrationId,
  type Role,
} from '@bulk/core';
import { type Authenticate, createAuthenticator } from '../access/authenticator.ts';
import type { App } from '../fastify-app.ts';

/** Who may use a route: callers of a role and those above it, everybody, or who knows the dashboard's password. */
export type AccessRule = Role | 'everybody' | 'password';

export interface RouteAccess {
  method: string;
  url: string;
  rule: AccessRule;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
  }
  interface FastifyRequest {
    /** Anonymous where the API is open, and where the route's rule is no role. */
    readonly caller: Caller;
    identified: Caller | null;
  }
  interface FastifyInstance {
    /** Every route and its rule, once the app is ready. */
    routeAccess: RouteAccess[];
    /** Tells who sent a request, again: its key may be revoked by now. */
    authenticate: Authenticate;
  }
}

/**
 * Lets only those use a route whom its rule lets in, and shows callers with a scope the registrations of their
 * coordinators only: others do not exist for them. A route without a rule keeps the service from starting.
 */
export function addAccess(app: App, deps: Deps): void {
  const authenticate = createAuthenticator(deps);
  const routes: Array<{ method: string | string[]; url: string; config?: { access?: AccessRule } }> = [];
  app.decorate('routeAccess', []);
  app.decorate('authenticate', authenticate);
  app.decorateRequest('identified', null);
  app.decorateRequest('caller', {
    getter() {
      return this.identified ?? ANONYMOUS;
    },
  });

  app.addHook('onRoute', (route) => {
    // What answers the browser before it sends a request of another origin: without a key.
    if (route.url === '*' && route.method === 'OPTIONS')
      route.config = { access: 'everybody', ...route.config };
    routes.push(route);
  });
  app.addHook('onReady', async () => {
    for (const { method: methods, url, config } of routes) {
      const method = [methods].flat().join();
      const rule = config?.access;
      if (rule === undefined) throw new Error(`No rule says who may use ${method} ${url}.`);
      app.routeAccess.push({ method, url, rule });
    }
  });
  // Without a promise while the key is known: two of them took a twentieth of a cheap poll.
  app.addHook<{ Params: { id?: string } }>('onRequest', (request, _reply, done) => {
    const rule = request.routeOptions.config.access;
    if (rule === undefined || rule === 'everybody' || rule === 'password') return done();
    const admit = (caller: Caller) => {
      if (!hasRole(caller, rule)) {
        throw new AppError('forbidden', `This needs the role ${rule}; yours is ${caller.role}.`);
      }
      request.identified = caller;
      return caller.coordinatorIds === null ? undefined : refuseOthers(deps, request.params.id, caller);
    };
    const caller = authenticate(request);
    const admitted = caller instanceof Promise ? caller.then(admit) : admit(caller);
    if (admitted === undefined) return done();
    admitted.then(() => done(), done);
  });
}

/** Registrations of others do not exist for a caller with a scope. */
async function refuseOthers(deps: Deps, idInPath: string | undefined, caller: Caller): Promise<void> {
  const id = idInPath === undefined ? null : parseRegistrationId(idInPath);
  if (id !== null && !(await isRegistrationOf(deps, id, caller))) {
    throw new AppError('registration_not_found', 'No bulk registration has this id.');
  }
}

/** Sets the rule of all routes of a scope that have none of their own. */
export function letIn(scope: App, rule: AccessRule): void {
  scope.addHook('onRoute', (route) => {
    route.config = { access: rule, ...route.config };
  });
}

import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Activity, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Toasts } from './components/toasts.tsx';
import { ListPage } from './list/list-page.tsx';
import { useIsKeyNeeded } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';

const RegisterPage = lazy(async () => ({
  default: (await import('./register/register-page.tsx')).RegisterPage,
}));
const DetailsPage = lazy(async () => ({ default: (await import('./details/details-page.tsx')).DetailsPage }));

const OperationsPage = lazy(async () => ({
  default: (await import('./operations/operations-page.tsx')).OperationsPage,
}));
const ActivityPage = lazy(async () => ({
  default: (await import('./activities/activity-page.tsx')).ActivityPage,
}));
const MentorPage = lazy(async () => ({ default: (await import('./activities/mentor-page.tsx')).MentorPage }));

const queryClient = new QueryClient({
  defaultOptions: {
    // The client retries by itself. A browser that is online may still not reach our service.
    queries: { retry: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

export function App() {
  return (
    // The content security policy refuses <style> elements that a library adds.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Shell>
          <Pages />
        </Shell>
        <Toasts />
      </QueryClientProvider>
    </CSPProvider>
  );
}

function Pages() {
  const isKeyNeeded = useIsKeyNeeded();
  return (
    <>
      {isKeyNeeded && <SignInPage />}
      <Suspense fallback={null}>
        <Switch>
          <Route path="/new">
            {/* Only hidden, so that nothing that was typed is lost when the key expires. */}
            <Activity mode={isKeyNeeded ? 'hidden' : 'visible'}>
              <RegisterPage />
            </Activity>
          </Route>
          {isKeyNeeded && <Route>{null}</Route>}
          <Route path="/" component={ListPage} />
          <Route path="/operations" component={OperationsPage} />
          <Route path="/registrations/:id">
            {/* Keyed, so that mentors selected in one registration are not selected in the next. */}
            {({ id }) => <DetailsPage key={id} id={id} />}
          </Route>
          <Route path="/activities/:id">{({ id }) => <ActivityPage id={id} />}</Route>
          <Route path="/mentors" component={MentorPage} />
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </>
  );
}

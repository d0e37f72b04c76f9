import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { ListPage } from './list/list-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';

const RegisterPage = lazy(async () => ({
  default: (await import('./register/register-page.tsx')).RegisterPage,
}));
const DetailsPage = lazy(async () => ({ default: (await import('./details/details-page.tsx')).DetailsPage }));

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
          <Suspense fallback={null}>
            <Switch>
              <Route path="/" component={ListPage} />
              <Route path="/new" component={RegisterPage} />
              <Route path="/registrations/:id">
                {/* Keyed, so that mentors selected in one registration are not selected in the next. */}
                {({ id }) => <DetailsPage key={id} id={id} />}
              </Route>
              <Route component={NotFoundPage} />
            </Switch>
          </Suspense>
        </Shell>
      </QueryClientProvider>
    </CSPProvider>
  );
}

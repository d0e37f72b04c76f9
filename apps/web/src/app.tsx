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
    // The client tries again by itself, and `online` of a browser says little about our service.
    queries: { retry: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

export function App() {
  return (
    // Nothing may add <style> elements: the content security policy refuses them.
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Shell>
          <Suspense fallback={null}>
            <Switch>
              <Route path="/" component={ListPage} />
              <Route path="/new" component={RegisterPage} />
              <Route path="/registrations/:id">
                {/* Keyed: what was ticked in one registration has no meaning in the next. */}
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

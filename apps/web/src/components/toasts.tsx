import { Toast } from '@base-ui/react/toast';
import './toasts.css';

/** How long a message is shown. It stays while the pointer or the focus is on it. */
const SHOWN_MS = 6_000;

const manager = Toast.createToastManager();

/** Says what came of an action, in the corner of every page. Errors that the user must act on belong into a Notice. */
export function say(text: string, tone: 'good' | 'warn' = 'good'): void {
  manager.add({ title: text, type: tone });
}

/** Removes all messages. */
export function silence(): void {
  manager.close();
}

/** Renders the newest message; once, around all pages. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} timeout={SHOWN_MS} limit={1}>
      <Toast.Portal>
        <Toast.Viewport className="toasts" role="status" aria-label="Messages">
          <Messages />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Messages() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={`toast toast-${toast.type}`}>
      <Toast.Content className="toast-content">
        <Toast.Title render={<p />} className="toast-text" />
        <Toast.Close className="button button-quiet" aria-label="Close the message" aria-hidden={false}>
          ×
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

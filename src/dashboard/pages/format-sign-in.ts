/** The page on which somebody shows a token. */
import { markup, type Html } from '../http/html.ts';
import { formatLayout, type Place } from './format-layout.ts';

export interface SignInPage extends Place {
  /** The page to go to afterwards. */
  readonly wayOn: string;
  /** Why the last token was not taken. */
  readonly problem?: string | undefined;
}

/** Reads well without a token, too: it says how to get one. */
export function formatSignIn({ wayOn, problem, ...place }: SignInPage): Html {
  return formatLayout(
    { ...place, title: 'Sign in' },
    markup`
${problem !== undefined && markup`<p class="problem" role="alert">${problem}</p>`}
<form class="sign-in" method="post" action="/sign-in">
<label for="token">A token of this cluster</label>
<input id="token" name="token" type="password" autocomplete="off" spellcheck="false" required aria-describedby="token-help">
<input type="hidden" name="wayOn" value="${wayOn}">
<button>Sign in</button>
</form>
<div id="token-help">
<p>Make one for an account that may read decisions:</p>
<pre tabindex="0"><code>kubectl -n NAMESPACE create token ACCOUNT --duration 1h</code></pre>
<p>The account needs the verb <code>get</code> on <code>decisions.holdfast.dev</code>, in the namespaces that it is to see or in all of them.</p>
</div>`,
  );
}

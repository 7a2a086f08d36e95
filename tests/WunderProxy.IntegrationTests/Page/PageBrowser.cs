using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Page;

/// <summary>Chromium with the page of a service, as a person has it.</summary>
internal sealed class PageBrowser : IDisposable
{
    /// <summary>
    /// A name of this machine that browsers do not trust as they trust a loopback address: their calls over plain HTTP
    /// carry an <c>Origin</c> and no <c>Sec-Fetch-Site</c>.
    /// </summary>
    public const string OtherHost = "ops.example";

    /// <summary>Rules of axe-core that hold for whole sites or are matters of taste are left to it: all of its rules run.</summary>
    private const string Audit =
        """
        const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then(
          found => done(found.violations.map(v => v.id + ': ' + v.help + ' [' + v.nodes.map(n => n.target + ' ' + n.failureSummary).slice(0, 3).join(' | ') + ']').join('\n')),
          error => done('axe failed: ' + error));
        """;

    private const string CountShifts =
        """
        window.shifts = [];
        if (window.shiftObserver) window.shiftObserver.disconnect();
        window.shiftObserver = new PerformanceObserver(list => {
          for (const entry of list.getEntries()) {
            window.shifts.push(entry.value.toFixed(5) + ' ' + entry.sources.map(s => s.node
              ? (s.node.nodeName + '#' + (s.node.id || (s.node.parentElement || {}).id) + '.' + (s.node.className || (s.node.textContent || '').slice(0, 30)) + ' ' + [s.previousRect.x, s.previousRect.y, s.currentRect.x, s.currentRect.y].map(Math.round))
              : '?').join(', '));
          }
        });
        window.shiftObserver.observe({type: 'layout-shift', buffered: false});
        """;

    private static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        $"--host-resolver-rules=MAP {OtherHost} 127.0.0.1",
    ];

    private static readonly Lazy<string> Axe =
        new(() => File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "axe.min.js")));

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("wunderproxy-page-");

    private PageBrowser(bool hasScript)
    {
        var options = new ChromeOptions { BinaryLocation = MachineProgram.PathOf("chromium") };
        options.AddArguments(Switches);
        options.AddArgument($"--user-data-dir={_profile.FullName}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        if (!hasScript)
        {
            options.AddUserProfilePreference("profile.managed_default_content_settings.javascript", 2);
        }

        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(MachineProgram.PathOf("chromedriver"))!, "chromedriver");
        service.SuppressInitialDiagnosticInformation = true;
        Driver = new ChromeDriver(service, options, TimeSpan.FromSeconds(120));
        Driver.Manage().Timeouts().AsynchronousJavaScript = TimeSpan.FromSeconds(60);
    }

    public ChromeDriver Driver { get; }

    /// <summary>The sentence of state at the top.</summary>
    public string Sentence => TextOf("sentence");

    /// <summary>What the browser complained about: refused scripts and styles, failed requests, errors.</summary>
    public IReadOnlyList<string> Complaints => [.. Driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message)];

    /// <summary>Opens a page at a size in CSS pixels.</summary>
    public static async Task<PageBrowser> OpenAsync(string url, int width = 1280, int height = 2400, bool hasScript = true)
    {
        var browser = new PageBrowser(hasScript);
        try
        {
            browser.Resize(width, height);
            await browser.Driver.GoToAsync(url);
            return browser;
        }
        catch
        {
            browser.Dispose();
            throw;
        }
    }

    /// <summary>Sets the size of the page in CSS pixels; windows of the browser cannot be as narrow as a phone.</summary>
    public void Resize(int width, int height) => Send(
        "Emulation.setDeviceMetricsOverride", ("width", width), ("height", height), ("deviceScaleFactor", 1), ("mobile", false));

    /// <summary>Makes the browser prefer light or dark pages, and no motion.</summary>
    public void Prefer(string scheme) => Send(
        "Emulation.setEmulatedMedia",
        ("features", new object[]
        {
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "prefers-color-scheme", ["value"] = scheme },
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = "prefers-reduced-motion", ["value"] = "reduce" },
        }));

    /// <summary>Waits until the page is live and says so.</summary>
    public Task WaitUntilLiveAsync() => UntilAsync("the page is live", () => TextOf("live") == "Live");

    /// <summary>Waits for something on the page.</summary>
    public async Task UntilAsync(string what, Func<bool> condition, int seconds = 60)
    {
        try
        {
            await Eventually.TrueAsync(what, () => Holds(condition), seconds);
        }
        catch (AssertionException exception)
        {
            throw new AssertionException(
                $"{exception.Message}\n{TextOf("live")}\n{Driver.FindElement(By.TagName("body")).Text}\n{string.Join('\n', Complaints)}", exception);
        }
    }

    /// <summary>Enters the token with the mouse and the keyboard, as people do.</summary>
    public async Task EnterTokenAsync(string token)
    {
        Click("#token");
        Driver.FindElement(By.Id("login-token")).SendKeys(token);
        Click("#login-do");
        await UntilAsync("the token is taken", () => !IsOpen("login") && TextOf("token") == "Forget token");
        await UntilAsync("buttons are there", () => Has("[data-call=pause]"));
    }

    public bool IsOpen(string dialog) => Driver.FindElement(By.Id(dialog)).GetAttribute("open") is not null;

    public bool Has(string selector) => Driver.FindElements(By.CssSelector(selector)).Count > 0;

    public string TextOf(string id) => Driver.FindElement(By.Id(id)).Text.Trim();

    /// <summary>Clicks an element as a mouse does, in its middle.</summary>
    public void Click(string selector) => Driver.FindElement(By.CssSelector(selector)).Click();

    /// <summary>Presses keys, wherever the focus is.</summary>
    public void Press(string keys) => Driver.SwitchTo().ActiveElement().SendKeys(keys);

    /// <summary>The value of an attribute of what has the focus; empty if it has none.</summary>
    public string Focused(string attribute) => Driver.SwitchTo().ActiveElement().GetAttribute(attribute) ?? string.Empty;

    /// <summary>Returns what axe-core finds wrong with the page as it is; empty if nothing is.</summary>
    public string FindBarriers()
    {
        if (Driver.ExecuteScript("return typeof axe") is not "object")
        {
            Driver.ExecuteScript(Axe.Value);
        }

        return (string)Driver.ExecuteAsyncScript(Audit)!;
    }

    /// <summary>From now on, every move of something that nobody touched is counted.</summary>
    public void CountLayoutShifts() => Driver.ExecuteScript(CountShifts);

    /// <summary>What has moved since <see cref="CountLayoutShifts"/>.</summary>
    public string LayoutShifts => (string)Driver.ExecuteScript("return window.shifts.join('\\n')")!;

    /// <summary>How many CSS pixels the page is wider than its window.</summary>
    public long SidewaysPixels => Convert.ToInt64(
        Driver.ExecuteScript("return document.documentElement.scrollWidth - document.documentElement.clientWidth"), CultureInfo.InvariantCulture);

    /// <summary>How many CSS pixels of the sentence of state are cut off by its box.</summary>
    public long HiddenPixels => Convert.ToInt64(
        Driver.ExecuteScript("const text = document.getElementById('sentence'); return Math.max(0, text.offsetHeight - text.parentElement.clientHeight)"),
        CultureInfo.InvariantCulture);

    /// <summary>Keeps a picture of the window.</summary>
    public void Photograph(string file) => Driver.GetScreenshot().SaveAsFile(file);

    public void Dispose()
    {
        Driver.Quit();
        Driver.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser is still writing there; the folder goes with the machine's temporary files.
        }
    }

    /// <summary>
    /// An element may be replaced while it is looked at, because the page is live or loads itself again; the browser then
    /// says that it is stale, gone, or in another document.
    /// </summary>
    private static bool Holds(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (Exception exception) when (exception is StaleElementReferenceException or NoSuchElementException
            or UnknownErrorException)
        {
            return false;
        }
    }

    private void Send(string command, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            values[name] = value;
        }

        Driver.ExecuteCdpCommand(command, values);
    }
}

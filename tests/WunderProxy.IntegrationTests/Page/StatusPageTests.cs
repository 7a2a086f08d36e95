using System.Globalization;
using OpenQA.Selenium;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.LoadClient;

namespace WunderProxy.IntegrationTests.Page;

/// <summary>
/// The page in a real browser, over a real service that is deployed to while it serves a load. With
/// WUNDERPROXY_TEST_PICTURES, which eng/pictures.sh sets, the load runs longer and pictures of the page are kept.
/// </summary>
[NonParallelizable]
internal sealed class StatusPageTests
{
    /// <summary>The button of the newest entry of r1, while another revision is in service.</summary>
    private const string BackToFirst = "#history tbody [data-ask='Roll back to r1?']";

    private const string Token = "a-token-for-people";

    /// <summary>All that an image tag may be made of, at the full length of one.</summary>
    private static readonly string OddRevision = "_" + string.Concat(Enumerable.Repeat("-.__Az09..--", 11))[..127];

    /// <summary>Where pictures of the page are kept; null for none, as in the one check.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_PICTURES");

    private TestService _service = null!;
    private string _url = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _service = await TestService.CreateAsync(StoreKind.Folder, "r1", "r2", "r3");
        var token = Path.Combine(_service.StateFolder, "token");
        await File.WriteAllTextAsync(token, Token);
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await _service.StartAsync("--api-token-file", token);
        _service.Token = Token;
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        _url = $"http://{_service.Api}/";
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _service.DisposeAsync();

    [Test]
    public async Task Page_is_live_under_load_while_people_switch_by_mouse_and_by_keyboard()
    {
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        using var browser = await PageBrowser.OpenAsync(_url);
        browser.Prefer("light");
        await browser.WaitUntilLiveAsync();
        Assert.That(browser.Has("[data-call]"), Is.False, "no button without a token");
        Assert.That(browser.FindBarriers(), Is.Empty);
        await browser.EnterTokenAsync(Token);
        browser.CountLayoutShifts();
        await using var run = LoadRun.Start(_service.Load with { RequestsPerSecond = 200 });
        await browser.UntilAsync("the load is drawn", () => browser.Has("#traffic .line.now[d^=M]"));

        await RollBackByMouseAsync(browser);
        await DeployAgainAsync(browser);
        await PhotographAsync(browser, run);
        Assert.That(browser.FindBarriers(), Is.Empty, "with two revisions in the charts");
        await RollBackByKeyboardAsync(browser);

        var report = await run.StopAsync();
        Assert.That((report.Failed, report.Stale), Is.EqualTo((0, 0)), string.Join('\n', report.Descriptions));
        Assert.That(browser.LayoutShifts, Is.Empty, "nothing moves while the page is live");
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Figures_are_those_of_the_load_client()
    {
        await _service.DeployAsync(LaunchConfigText.Of("r3"));
        using var browser = await PageBrowser.OpenAsync(_url);
        await browser.WaitUntilLiveAsync();

        await using var run = LoadRun.Start(_service.Load with { PagesOnly = true, RequestsPerSecond = 300 });
        await run.WaitForMoreAsync(900, CancellationToken.None);
        var report = await run.StopAsync();

        Assert.That(report.Failed, Is.Zero);
        var answered = $"{report.Answered.ToString("N0", CultureInfo.InvariantCulture)} requests,";
        await browser.UntilAsync($"the page tells of {answered}", () => browser.TextOf("answers").Contains(answered, StringComparison.Ordinal));
        await browser.UntilAsync("the figures of the charts add up to the same", () => SumOfFigures(browser, "r3") == report.Answered);
    }

    [Test]
    public async Task Page_is_readable_on_a_phone_in_the_dark_with_a_revision_of_128_odd_characters()
    {
        await _service.Engine.TagSampleAsync(_service.Repository, OddRevision);
        await _service.DeployAsync(LaunchConfigText.Of(OddRevision));
        using var browser = await PageBrowser.OpenAsync(_url, width: 360, height: 780);
        browser.Prefer("dark");
        await browser.WaitUntilLiveAsync();
        Assert.That(browser.FindBarriers(), Is.Empty, "without the token");
        await browser.EnterTokenAsync(Token);

        Assert.That(browser.TextOf("service"), Does.Contain(OddRevision));
        Assert.That((browser.SidewaysPixels, browser.HiddenPixels), Is.EqualTo((0, 0)));
        Assert.That(browser.FindBarriers(), Is.Empty);
        browser.Resize(1280, 2400);
        Assert.That((browser.SidewaysPixels, browser.HiddenPixels), Is.EqualTo((0, 0)), "on a desk");
        Assert.That(browser.FindBarriers(), Is.Empty, "on a desk");
        var bytes = browser.Driver.ExecuteAsyncScript(
            $"fetch('?', {{headers: {{Accept: 'text/html', Authorization: 'Bearer {Token}'}}}}).then(answer => answer.arrayBuffer()).then(page => arguments[0](page.byteLength))");

        // With names of this length the fullest charts come to somewhat more than the 60,000 bytes that PageDocumentTests
        // demands of ordinary names; how full they are by now depends on the pace of the machine.
        Assert.That(bytes, Is.GreaterThan(20_000).And.LessThan(64 * 1024));
        Assert.That((await _service.GetAsync("/metrics")).Text, Does.Contain($"revision=\"{OddRevision}\""));
        Assert.That((await _service.GetAsync("/explain?what=switch")).Text, Does.Contain(OddRevision));
        Assert.That(_service.Process!.Output + _service.Process.Errors, Does.Contain($" {OddRevision}"));
    }

    [Test]
    public async Task Page_is_readable_without_script_and_loads_itself_again()
    {
        await _service.GetProxiedAsync("/up");
        using var browser = await PageBrowser.OpenAsync(_url, hasScript: false);
        var first = browser.TextOf("at");

        Assert.That(browser.Sentence, Does.StartWith("Serving "));
        Assert.That(browser.TextOf("history"), Does.Contain("r1"));
        Assert.That(browser.Driver.FindElement(By.Id("token")).Displayed, Is.False, "what needs the script is not shown");
        await browser.UntilAsync("the page is loaded again", () => browser.TextOf("at") != first);
        await browser.UntilAsync("the charts are drawn", () => browser.Has("#traffic .line.now[d^=M]"));
    }

    [Test]
    public async Task Lost_connection_is_told_and_mended()
    {
        await using var gate = new TcpGate(new Uri($"http://{_service.Api}"));
        using var browser = await PageBrowser.OpenAsync($"http://{gate.EndPoint}/");
        await browser.WaitUntilLiveAsync();

        gate.Close();
        await browser.UntilAsync("the loss is told", () => browser.TextOf("live").StartsWith("Connection lost at", StringComparison.Ordinal));
        gate.Open();

        await browser.WaitUntilLiveAsync();
    }

    [Test]
    public async Task Buttons_cut_a_drain_short_and_pause_and_resume()
    {
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        using var stream = await _service.OpenProxiedAsync("/events");
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        using var browser = await PageBrowser.OpenAsync(_url);
        await browser.WaitUntilLiveAsync();
        await browser.EnterTokenAsync(Token);
        await browser.UntilAsync("the drain is told", () => browser.TextOf("activity").Contains("r1 holds 1 event stream", StringComparison.Ordinal));

        await PressAsync(browser, "#activity [data-call$='/end']");
        await browser.UntilAsync("the drain is over", () => !browser.TextOf("activity").Contains("event stream", StringComparison.Ordinal));
        await PressAsync(browser, "[data-call=pause]");
        await browser.UntilAsync("the pause is told", () => browser.Sentence.StartsWith("Paused:", StringComparison.Ordinal));
        await PressAsync(browser, "[data-call=resume]");
        await browser.UntilAsync("the end of the pause is told", () => browser.Sentence.StartsWith("Serving r2", StringComparison.Ordinal));

        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Page_below_a_path_of_another_proxy_is_live_and_switches_and_drains()
    {
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        var waiting = await _service.StoreConfigAsync(LaunchConfigText.Of("r3", "FOR=the switch"));
        Assert.That((await _service.PostAsync("/launch", waiting)).Status, Is.EqualTo(200));
        using var nginx = await PathProxy.StartAsync(_service.Api);
        using var browser = await PageBrowser.OpenAsync($"http://{PageBrowser.OtherHost}:{nginx.Port}/ops/");
        await browser.WaitUntilLiveAsync();

        await ReadOnlyAsync(browser);
        await browser.EnterTokenAsync(Token);
        Assert.That(browser.Driver.FindElement(By.Id("reduced")).Displayed, Is.False);
        await PressAsync(browser, "[data-call=drain]");
        await browser.UntilAsync("the drain is told", () => browser.Sentence.StartsWith("Leaving:", StringComparison.Ordinal));
        Assert.That((await _service.GetAsync("/status")).Status, Is.EqualTo(503));
        Assert.That(browser.Focused("data-call"), Is.EqualTo("undrain"), "the focus is where it was");
        await PressByKeyboardAsync(browser, "undrain");
        await browser.UntilAsync("the end of the drain is told", () => browser.Sentence.StartsWith("Serving r1", StringComparison.Ordinal));
        await PressAsync(browser, $"#containers [data-call=switch][data-body='{waiting}']");
        await browser.UntilAsync("the switch is told", () => browser.Sentence.StartsWith("Serving r3", StringComparison.Ordinal));
        await PressAsync(browser, "#history [data-ask='Roll back to r1?']");
        await browser.UntilAsync("the rollback is told", () => browser.Sentence.StartsWith("Serving r1", StringComparison.Ordinal));

        Assert.That((await _service.GetAsync("/status")).Status, Is.EqualTo(200));
        Assert.That(browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Answer_that_ends_early_is_not_taken_for_done_nor_told_in_another_dialog()
    {
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        using var browser = await PageBrowser.OpenAsync(_url);
        await browser.WaitUntilLiveAsync();
        await browser.EnterTokenAsync(Token);
        await browser.UntilAsync("the way back", () => browser.Has(BackToFirst));
        browser.Driver.ExecuteScript(
            """
            const real = window.fetch;
            window.fetch = (target, options) => target !== 'rollback' ? real(target, options) : Promise.resolve(new Response(new ReadableStream({
              start: control => {
                control.enqueue(new TextEncoder().encode('{"Step":"pulling","Message":"pulling of a test"}\n'));
                window.endAnswer = () => control.close();
              },
            })));
            """);

        browser.Click(BackToFirst);
        browser.Click("#ask-do");
        await browser.UntilAsync("the step", () => browser.TextOf("ask-result") == "pulling of a test");
        browser.Driver.ExecuteScript("window.endAnswer()");
        await browser.UntilAsync("the loss", () => browser.TextOf("ask-result").StartsWith("Connection lost", StringComparison.Ordinal));
        browser.Click("#ask-no");

        browser.Click(BackToFirst);
        browser.Click("#ask-do");
        await browser.UntilAsync("the step again", () => browser.TextOf("ask-result") == "pulling of a test");
        browser.Click("#ask-no");
        browser.Click("[data-call=pause]");
        browser.Driver.ExecuteAsyncScript("window.endAnswer(); setTimeout(arguments[0], 300)");
        Assert.That(browser.TextOf("ask-title"), Is.EqualTo("Pause?"));
        Assert.That(browser.TextOf("ask-result"), Is.Empty);
        Assert.That(browser.Driver.FindElement(By.Id("ask-do")).Displayed, Is.True);
    }

    /// <summary>Without the token the page shows its charts, says that there is more, and can change nothing.</summary>
    private async Task ReadOnlyAsync(PageBrowser browser)
    {
        Assert.That(browser.Has("[data-call]"), Is.False);
        Assert.That(browser.TextOf("reduced"), Does.Contain("Enter the token of the manager API to see everything."));
        await _service.GetProxiedAsync("/up");
        await browser.UntilAsync("the charts are drawn", () => browser.Has("#traffic .line.now[d^=M]"));
        browser.Click("[data-window='1h']");
        await browser.UntilAsync("the charts of an hour", () => browser.Has("[data-window='1h'][aria-current]"));
        Assert.That(browser.Driver.Url, Does.EndWith("/ops/?window=1h"));
        Assert.That(browser.Complaints, Is.Empty);
        var refused = browser.Driver.ExecuteAsyncScript("fetch('pause', {method: 'POST'}).then(answer => arguments[0](answer.status))");
        Assert.That(refused, Is.EqualTo(401));
        Assert.That(browser.Complaints, Has.Count.EqualTo(1).And.All.Contains("401"));
    }

    /// <summary>Presses the button of a call, and in its dialog the one that carries it out, by keys alone.</summary>
    private static async Task PressByKeyboardAsync(PageBrowser browser, string call)
    {
        for (var presses = 0; presses < 100 && browser.Focused("data-call") != call; presses++)
        {
            browser.Press(Keys.Tab);
        }

        browser.Press(Keys.Enter);
        browser.Press(Keys.Shift + Keys.Tab);
        browser.Press(Keys.Enter);
        await browser.UntilAsync("it is done", () => browser.TextOf("ask-result").StartsWith("Done", StringComparison.Ordinal));
        browser.Press(Keys.Enter);
        await browser.UntilAsync("Close closes the dialog", () => !browser.IsOpen("ask"));
    }

    private static async Task PressAsync(PageBrowser browser, string button)
    {
        await browser.UntilAsync($"the button {button}", () => browser.Has(button));
        browser.Click(button);
        browser.Click("#ask-do");
        await browser.UntilAsync("it is done", () => browser.TextOf("ask-result").StartsWith("Done", StringComparison.Ordinal));
        browser.Click("#ask-no");
    }

    private static async Task CompareAsync(PageBrowser browser)
    {
        browser.Click("#history [data-compare]");
        await browser.UntilAsync(
            "the difference", () => browser.TextOf("diff-text") is var text && text.Contains("r1", StringComparison.Ordinal) && text.Contains("r2", StringComparison.Ordinal));
        Assert.That(browser.FindBarriers(), Is.Empty, "with the difference shown");
        browser.Press(Keys.Escape);
        await browser.UntilAsync("Escape closes the difference", () => !browser.IsOpen("diff"));
    }

    private static async Task RollBackByMouseAsync(PageBrowser browser)
    {
        await browser.UntilAsync("the way back to r1", () => browser.Has(BackToFirst));
        await CompareAsync(browser);
        browser.Click(BackToFirst);
        Assert.That(browser.TextOf("ask-title"), Is.EqualTo("Roll back to r1?"));
        Assert.That(browser.TextOf("ask-says"), Does.StartWith("running container: at once").Or.StartWith("kept container: about 1 s"));
        Assert.That(browser.FindBarriers(), Is.Empty, "with the dialog open");

        browser.Click("#ask-do");

        await browser.UntilAsync("the rollback is done", () => browser.TextOf("ask-result").StartsWith("Done: r1 is in service", StringComparison.Ordinal));
        browser.Click("#ask-no");
        await browser.UntilAsync("the sentence says so", () => browser.Sentence.StartsWith("Serving r1", StringComparison.Ordinal));
    }

    private async Task DeployAgainAsync(PageBrowser browser)
    {
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        await browser.UntilAsync("the page tells of the deploy", () => browser.Sentence.StartsWith("Serving r2", StringComparison.Ordinal));
        await browser.UntilAsync(
            "both revisions are in one chart", () => browser.Has("#traffic .line.now:not(.old1)[d^=M]") && browser.Has("#traffic .line.now.old1[d^=M]"));
        await browser.UntilAsync("the switches are marked", () => browser.Has("#traffic .mark"));
        await browser.UntilAsync("the history has both", () => browser.Has("#history [data-call=rollback]"));
        await browser.UntilAsync(
            "the history tells how r2 ended before", () => browser.TextOf("history").Contains("rolled back to r1", StringComparison.Ordinal));
    }

    /// <summary>Takes the pictures of docs/images, after a load that fills the charts.</summary>
    private async Task PhotographAsync(PageBrowser browser, LoadRun run)
    {
        if (Pictures is null)
        {
            return;
        }

        await run.WaitForMoreAsync(24_000, CancellationToken.None);
        await _service.DeployAsync(LaunchConfigText.Of("r3"));
        using var stream = await _service.OpenProxiedAsync("/events");
        await run.WaitForMoreAsync(6_000, CancellationToken.None);
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        await run.WaitForMoreAsync(4_000, CancellationToken.None);
        browser.Resize(1280, 960);
        browser.Photograph(Path.Combine(Pictures, "page-light.png"));
        browser.Prefer("dark");
        browser.Photograph(Path.Combine(Pictures, "page-dark.png"));
        browser.Resize(360, 780);
        browser.Photograph(Path.Combine(Pictures, "page-phone.png"));
        browser.Resize(1280, 2400);
        browser.Prefer("light");
        browser.CountLayoutShifts();
        await _service.DeployAsync(LaunchConfigText.Of("r1"));
        await _service.DeployAsync(LaunchConfigText.Of("r2"));
        await browser.UntilAsync("the page tells of the deploy", () => browser.Sentence.StartsWith("Serving r2", StringComparison.Ordinal));
        browser.CountLayoutShifts();
    }

    private static async Task RollBackByKeyboardAsync(PageBrowser browser)
    {
        await browser.UntilAsync("the way back to r1", () => browser.Has(BackToFirst));
        for (var presses = 0; presses < 100 && browser.Focused("data-call") != "rollback"; presses++)
        {
            browser.Press(Keys.Tab);
        }

        var key = browser.Focused("data-key");
        browser.Press(Keys.Enter);
        Assert.That(browser.IsOpen("ask"), Is.True);
        browser.Press(Keys.Escape);
        await browser.UntilAsync("Escape closes the dialog", () => !browser.IsOpen("ask"));
        Assert.That(browser.Focused("data-key"), Is.EqualTo(key), "the focus is back where it was");

        browser.Press(Keys.Enter);
        browser.Press(Keys.Shift + Keys.Tab);
        browser.Press(Keys.Enter);
        await browser.UntilAsync("the rollback is done", () => browser.TextOf("ask-result").StartsWith("Done: r1 is in service", StringComparison.Ordinal));
        browser.Press(Keys.Enter);
        await browser.UntilAsync("Close closes the dialog", () => !browser.IsOpen("ask"));
        await browser.UntilAsync("the sentence says so", () => browser.Sentence.StartsWith("Serving r1", StringComparison.Ordinal));
    }

    /// <summary>What the table under the charts adds up to for a revision, in requests.</summary>
    private static long SumOfFigures(PageBrowser browser, string revision) => browser.Driver.FindElements(By.CssSelector("#figures tbody tr"))
        .Select(row => row.FindElements(By.TagName("td")).Select(cell => cell.GetAttribute("textContent")!).ToArray())
        .Where(cells => cells[1] == revision)
        .Sum(cells => long.Parse(cells[2], NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
}

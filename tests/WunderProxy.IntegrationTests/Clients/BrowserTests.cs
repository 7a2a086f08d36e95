using System.Globalization;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>A browser through the proxy, which compresses: Chromium, driven by its own driver.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithOpenSsl))]
[Parallelizable]
internal sealed class BrowserTests(string wiring) : ClientFixture(wiring, "--compress")
{
    private static readonly string[] Switches =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--ignore-certificate-errors",
    ];

    [Test]
    public async Task Page_shows_what_came_by_web_socket_event_stream_and_fetch()
    {
        using var driver = Start();

        await driver.GoToAsync(Url("/page"));
        await Eventually.TrueAsync("the page is done", () => driver.Title == "done", seconds: 60);

        Assert.That(TextOf(driver, "socket"), Is.EqualTo("one zwei \u00fc closed 1000 true"));
        Assert.That(TextOf(driver, "events"), Is.EqualTo("1:event 2:event 3:event"));
        Assert.That(TextOf(driver, "posted"), Is.EqualTo(100_000.ToString(CultureInfo.InvariantCulture)));
        Assert.That(
            driver.ExecuteScript("const page = performance.getEntriesByType('navigation')[0]; return page.encodedBodySize < page.decodedBodySize;"),
            Is.True,
            "the page came compressed");
    }

    private ChromeDriver Start()
    {
        var options = new ChromeOptions { BinaryLocation = MachineProgram.PathOf("chromium") };
        options.AddArguments(Switches);
        options.AddArgument($"--user-data-dir={PathOf("profile")}");
        var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(MachineProgram.PathOf("chromedriver"))!, "chromedriver");
        service.SuppressInitialDiagnosticInformation = true;
        return new ChromeDriver(service, options, TimeSpan.FromSeconds(60));
    }

    private static string TextOf(ChromeDriver driver, string id) => driver.FindElement(By.Id(id)).Text.Trim();
}

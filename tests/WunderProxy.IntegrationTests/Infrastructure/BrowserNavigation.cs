using OpenQA.Selenium;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>Opens pages in a browser on a machine whose networks change while other tests start containers.</summary>
internal static class BrowserNavigation
{
    private const int MostTries = 5;

    /// <summary>
    /// Opens a page. Chromium gives up the connections that it is about to make when a network of its machine appears or
    /// goes away; then the page is opened again.
    /// </summary>
    public static async Task GoToAsync(this WebDriver driver, string url)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await driver.Navigate().GoToUrlAsync(url);
                return;
            }
            catch (WebDriverException exception)
                when (tries < MostTries && exception.Message.Contains("ERR_NETWORK_CHANGED", StringComparison.Ordinal))
            {
                // The next try makes a connection of its own.
            }
        }
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;
using WunderProxy.Hosting;

namespace WunderProxy.Tests.Hosting;

/// <summary>What the host is given instead of what it would put together by itself at each start.</summary>
[TestFixture]
public sealed class ServiceHostTests
{
    private static readonly ForwarderOptions Proxy = new();

    [TestCase("WunderProxy.Hosting.ForwarderWorker", LogLevel.Information, true)]
    [TestCase("WunderProxy.Hosting.ForwarderWorker", LogLevel.Debug, false)]
    [TestCase("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical, false)]
    public void Log_has_our_events_but_no_details(string category, LogLevel level, bool expected)
    {
        using var services = Build();

        Assert.That(services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level), Is.EqualTo(expected));
    }

    [Test]
    public void Logger_of_a_service_is_one_of_the_log()
    {
        using var services = Build();

        Assert.That(services.GetRequiredService<ILogger<SignalLifetime>>().IsEnabled(LogLevel.Information), Is.True);
    }

    [Test]
    public void End_of_the_process_has_no_limit_of_the_host()
    {
        using var services = Build();

        Assert.That(
            services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
    }

    [Test]
    public void Nothing_is_validated_that_nothing_uses()
    {
        using var services = Build();

        Assert.That(services.GetService<IStartupValidator>(), Is.Null);
    }

    private static ServiceProvider Build()
    {
        var budget = DescriptorBudget.For(1024, Proxy, 1, 0, runsContainers: false);
        var builder = ServiceHost.CreateBuilder(
            [], Proxy, new ApplicationOptions(), new ShutdownOptions(), budget, TextWriter.Null);
        return builder.Services.BuildServiceProvider();
    }
}

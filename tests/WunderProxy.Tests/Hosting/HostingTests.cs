using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Forwarding.Upstreams;
using WunderProxy.Hosting;
using WunderProxy.Instance;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.Hosting;

[Parallelizable]
internal sealed class UpstreamTrafficSwitchTests
{
    private static readonly TrafficTarget A = Target("a");
    private static readonly TrafficTarget B = Target("b");

    [Test]
    public void Switch_puts_the_target_into_the_slot_and_returns_what_was_there()
    {
        var slot = new UpstreamSlot();
        var traffic = new UpstreamTrafficSwitch(slot, TimeProvider.System);

        var first = traffic.Switch(A);
        var second = traffic.Switch(B);

        Assert.That(first, Is.Null);
        Assert.That(second!.Target, Is.EqualTo(A));
        Assert.That(traffic.Current, Is.EqualTo(B));
        Assert.That(slot.Current!.Endpoints.Single().Address, Is.EqualTo(B.EndPoint));
    }

    [Test]
    public void Switch_to_what_is_current_changes_nothing()
    {
        var slot = new UpstreamSlot();
        var traffic = new UpstreamTrafficSwitch(slot, TimeProvider.System);
        traffic.Switch(A);
        var upstream = slot.Current;

        var drain = traffic.Switch(A);

        Assert.That(drain, Is.Null);
        Assert.That(slot.Current, Is.SameAs(upstream));
    }

    [Test]
    public void Switch_back_to_a_container_that_holds_nothing_starts_its_statistics_anew()
    {
        var slot = new UpstreamSlot();
        var traffic = new UpstreamTrafficSwitch(slot, TimeProvider.System);
        traffic.Switch(A);
        var before = slot.Current;
        traffic.Switch(B);

        traffic.Switch(A);

        Assert.That(slot.Current, Is.Not.SameAs(before));
    }

    [Test]
    public void Clear_empties_the_slot()
    {
        var slot = new UpstreamSlot();
        var traffic = new UpstreamTrafficSwitch(slot, TimeProvider.System);
        traffic.Switch(A);

        traffic.Clear();

        Assert.That(slot.Current, Is.Null);
        Assert.That(traffic.Current, Is.Null);
        Assert.That(traffic.Previous.Single().Target, Is.EqualTo(A));
    }

    [Test]
    public void Previous_keeps_the_latest_few_first()
    {
        var traffic = new UpstreamTrafficSwitch(new UpstreamSlot(), TimeProvider.System);
        for (var i = 0; i < UpstreamTrafficSwitch.MaxPrevious + 3; i++)
        {
            traffic.Switch(Target($"t{i}"));
        }

        Assert.That(traffic.Previous, Has.Count.EqualTo(UpstreamTrafficSwitch.MaxPrevious));
        Assert.That(traffic.Previous[0].Target.Revision, Is.EqualTo("r-t6"));
    }

    [Test]
    public async Task Drain_of_an_upstream_that_holds_nothing_is_over_at_once()
    {
        var traffic = new UpstreamTrafficSwitch(new UpstreamSlot(), TimeProvider.System);
        traffic.Switch(A);
        var drain = traffic.Switch(B)!;

        Assert.That(drain.InFlight, Is.Zero);
        Assert.That((await drain.DrainAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), default)).Total, Is.Zero);
    }

    private static TrafficTarget Target(string hash) =>
        new(new IPEndPoint(IPAddress.Loopback, 9292), "container-" + hash, LaunchConfigHash.Of(Encoding.UTF8.GetBytes(hash)), "r-" + hash);
}

[Parallelizable]
internal sealed class InstanceStateTests
{
    [Test]
    public void Status_interest_fades()
    {
        var clock = new ManualTimeProvider();
        var instance = new InstanceState(clock);
        var window = TimeSpan.FromMinutes(2);

        var never = instance.WasStatusAskedWithin(window);
        instance.OnStatusAsked();
        clock.Advance(window);
        var lately = instance.WasStatusAskedWithin(window);
        clock.Advance(TimeSpan.FromSeconds(1));
        var longAgo = instance.WasStatusAskedWithin(window);

        Assert.That((never, lately, longAgo), Is.EqualTo((false, true, false)));
        Assert.That(instance.Uptime, Is.EqualTo(window + TimeSpan.FromSeconds(1)));
    }
}

[Parallelizable]
internal sealed class LogLineTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, 123, TimeSpan.FromHours(1));

    [Test]
    public void Event_is_one_line_in_utc() =>
        Assert.That(
            LogLine.Format(At, LogLevel.Information, "proxy on 0.0.0.0:80", null),
            Is.EqualTo("2026-11-22T09:00:00.123Z INFO  proxy on 0.0.0.0:80"));

    [Test]
    public void Control_characters_of_a_peer_do_not_break_the_line() =>
        Assert.That(
            LogLine.Format(At, LogLevel.Warning, "bad\r\nname\u001b[31m", new InvalidOperationException("why\nso")),
            Is.EqualTo("2026-11-22T09:00:00.123Z WARN  bad  name [31m: why so"));
}

[Parallelizable]
internal sealed class ContainerGatewayTests
{
    private const string Header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    [Test]
    public void Default_route_names_the_gateway()
    {
        string[] lines =
        [
            Header,
            "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
            "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
        ];

        Assert.That(ContainerGateway.Parse(lines), Is.EqualTo(IPAddress.Parse("172.17.0.1")));
    }

    [Test]
    public void Without_a_default_route_there_is_none() => Assert.That(ContainerGateway.Parse([Header]), Is.Null);
}

[Parallelizable]
internal sealed class DescriptorLimitTests
{
    [Test]
    public void Limit_that_holds_is_told() => Assert.That(DescriptorLimit.Raise(), Is.GreaterThanOrEqualTo(1024));
}

using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Operations;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>How measurements of several machines become one.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FleetMeasurementsTests
{
    private static readonly string Hash = new('1', 64);
    private static readonly string Other = new('2', 64);

    [Test]
    public void Counts_are_added_shares_weighted_and_times_are_those_of_the_slowest()
    {
        var all = new FleetMeasurements(
        [
            Served("web1", requests: 900, errors: 0, p99: 0.1),
            Served("web2", requests: 100, errors: 0.5, p99: 0.4),
        ]).Of(Hash)!;

        Assert.That(all.Traffic, Is.EqualTo(new TrafficSummary(1000, 0.05, 2, 0.2, 0.4)));
        Assert.That((all.Machines, all.SlowestHost, all.ServedSeconds), Is.EqualTo((2, "web2", (double?)60)));
        Assert.That(all.ForAnybody().SlowestHost, Is.Null);
    }

    [Test]
    public void Machine_with_hardly_any_requests_is_not_the_slowest()
    {
        var all = new FleetMeasurements(
        [
            Served("web1", requests: 900, errors: 0, p99: 0.1),
            Served("web2", requests: 1, errors: 0, p99: 30),
        ]).Of(Hash)!;

        Assert.That((all.Traffic!.P99, all.SlowestHost, all.Traffic.Requests), Is.EqualTo((0.1, "web1", 901L)));
    }

    [Test]
    public void Of_each_machine_counts_what_it_measured_last()
    {
        var all = new FleetMeasurements(
        [
            Started("web1", 9),
            Served("web1", requests: 5, errors: 1, p99: 9),
            Started("web1", 2),
            Served("web1", requests: 50, errors: 0, p99: 0.1),
            Served("web1", requests: 70, errors: 0, p99: 0.1, hash: Other),
        ]).Of(Hash)!;

        Assert.That((all.Traffic!.Requests, all.StartSeconds, all.Machines, all.SlowestHost), Is.EqualTo((50L, (double?)2, 1, (string?)null)));
    }

    [Test]
    public void What_this_machine_knows_goes_before_its_events()
    {
        var measurements = new FleetMeasurements([Started("here", 4), Served("here", requests: 50, errors: 0, p99: 0.1), Started("web2", 3)]);

        var all = measurements.Of(Hash, new Measured(Hash, null, new TrafficSummary(80, 0, 0, 0.1, 0.2)), "here")!;

        Assert.That((all.Traffic!.Requests, all.StartSeconds, all.Machines), Is.EqualTo((80L, (double?)4, 2)));
    }

    [Test]
    public void Most_requests_that_are_believed_can_be_added()
    {
        const long Most = 1_000_000_000_000_000;
        var all = new FleetMeasurements([.. Enumerable.Range(0, EventReader.DefaultCount).Select(number => Served($"web{number}", Most, 1, 1e9))]).Of(Hash)!;

        Assert.That((all.Traffic!.Requests, all.Traffic.ErrorShare), Is.EqualTo((EventReader.DefaultCount * Most, 1.0)));
    }

    [Test]
    public void Name_of_a_machine_is_told_in_part()
    {
        var all = new FleetMeasurements(
        [
            Served(new string('x', 300), requests: 900, errors: 0, p99: 1),
            Served("web2", requests: 100, errors: 0, p99: 0.4),
        ]).Of(Hash)!;

        Assert.That(all.SlowestHost, Has.Length.EqualTo(64));
    }

    [Test]
    public void Nothing_is_known_of_what_no_event_measured()
    {
        var measurements = new FleetMeasurements([Event("web1"), Served("web1", requests: 1, errors: 0, p99: 1, hash: Other)]);

        Assert.That(measurements.Of(Hash), Is.Null);
    }

    private static DeploymentEvent Event(string host) => new(EventType.Switch, DateTimeOffset.UnixEpoch, "ada", host);

    private static DeploymentEvent Started(string host, double seconds) =>
        Event(host) with { Measured = new SwitchMeasurement(null, new MeasuredStart(Hash, seconds)) };

    private static DeploymentEvent Served(string host, long requests, double errors, double p99, string? hash = null) => Event(host) with
    {
        Measured = new SwitchMeasurement(
            new MeasuredService(hash ?? Hash)
            {
                ServedSeconds = 60,
                CountedSeconds = 60,
                Requests = requests,
                ErrorShare = errors,
                GatewayErrors = 1,
                P50 = p99 / 2,
                P99 = p99,
            },
            null),
    };
}

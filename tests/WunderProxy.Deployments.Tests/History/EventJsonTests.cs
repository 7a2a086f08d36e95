using System.Text;
using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Tests.History;

/// <summary>Events with measurements, as we write them, and as somebody may have written them.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class EventJsonTests
{
    private static readonly string One = new('1', 64);
    private static readonly string Two = new('2', 64);

    private static readonly DeploymentEvent Measured =
        new(EventType.Switch, new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero), "me", "web1", "r2", Two, One)
        {
            Id = "0123456789abcdef",
            Seconds = 1.25,
            Measured = new SwitchMeasurement(
                new MeasuredService(One) { ServedSeconds = 60, CountedSeconds = 50, Requests = 100, ErrorShare = 0.25, GatewayErrors = 3, P50 = 0.01, P99 = 0.5 },
                new MeasuredStart(Two, 2.5)),
        };

    [Test]
    public void Measured_event_is_read_as_it_was_written()
    {
        var bytes = EventJson.Write(Measured);

        Assert.That(Encoding.UTF8.GetString(bytes), Does.EndWith(
            $$$$""","Seconds":1.25,"Measured":{"Before":{"Hash":"{{{{One}}}}","ServedSeconds":60,"CountedSeconds":50,"Requests":100,"ErrorShare":0.25,"GatewayErrors":3,"P50":0.01,"P99":0.5},"After":{"Hash":"{{{{Two}}}}","StartSeconds":2.5}}}"""));
        Assert.That(EventJson.TryRead(bytes, out var read), Is.True);
        Assert.That(read! with { Id = Measured.Id }, Is.EqualTo(Measured));
    }

    [TestCase("")]
    [TestCase(""","Seconds":null,"Measured":null""")]
    [TestCase(""","Seconds":-1,"Measured":{}""")]
    [TestCase(""","Seconds":1e308,"Measured":[]""")]
    [TestCase(""","Seconds":"NaN","Measured":"NaN" """)]
    [TestCase(""","Seconds":{"a":[1]},"Measured":7""")]
    [TestCase(""","Seconds":1e999,"Measured":true""")]
    [TestCase(""","Measured":{"Before":{"Hash":7}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":null}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"../../etc"}}""")]
    [TestCase(""","Measured":{"Before":{"Requests":5}}""")]
    [TestCase(""","Measured":{"After":{"Hash":"ONE","StartSeconds":-3}}""")]
    [TestCase(""","Measured":{"After":{"Hash":"ONE","StartSeconds":"Infinity"}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","Requests":-1}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","Requests":9223372036854775807}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","Requests":1e308}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","ErrorShare":2}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","ErrorShare":-0.1}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","P99":1e308}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","P50":1e999}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","GatewayErrors":1}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","ServedSeconds":-5}}""")]
    [TestCase(""","Measured":{"Before":{"Hash":"ONE","CountedSeconds":1e300}}""")]
    public void Event_without_a_measurement_that_can_be_true_is_an_event_without_one(string end)
    {
        var isEvent = TryRead(end.Replace("ONE", One, StringComparison.Ordinal), out var read);

        Assert.That((isEvent, read?.Type, read?.Seconds, read?.Measured), Is.EqualTo((true, "switch", (double?)null, (SwitchMeasurement?)null)));
    }

    [Test]
    public void Part_of_a_measurement_that_can_be_true_is_kept()
    {
        var isEvent = TryRead(
            $$$$""","Measured":{"Before":{"Hash":"{{{{One}}}}","P99":-1},"After":{"Hash":"{{{{Two}}}}","StartSeconds":2.5},"More":[1]}""", out var read);

        Assert.That((isEvent, read?.Measured), Is.EqualTo((true, new SwitchMeasurement(null, new MeasuredStart(Two, 2.5)))));
    }

    [Test]
    public void Fields_that_are_null_are_as_if_they_were_missing()
    {
        var isEvent = TryRead(""","Revision":null,"Hash":null,"FromHash":null,"Result":null,"Reason":null""", out var read);

        Assert.That(
            (isEvent, read?.Revision, read?.Hash, read?.FromHash, read?.Result, read?.Reason), Is.EqualTo((true, "", "", "", "ok", "")));
    }

    [Test]
    public void Intent_gives_its_event_what_it_has_of_the_switch()
    {
        var intent = new DeploymentIntent
        {
            Id = Measured.Id,
            Kind = DeploymentKind.Rollback,
            Hash = Two,
            Revision = "r2",
            By = "me",
            StartedAt = Measured.At,
            Seconds = Measured.Seconds,
            Measured = Measured.Measured,
        };

        Assert.That((intent.ToEvent(null).Seconds, intent.ToEvent(null).Measured), Is.EqualTo((Measured.Seconds, Measured.Measured)));
    }

    private static bool TryRead(string end, out DeploymentEvent? read) => EventJson.TryRead(
        Encoding.UTF8.GetBytes($$"""{"Type":"switch","At":"2026-01-01T00:00:00Z","By":"ada","Host":"m"{{end}}}"""), out read);
}

using WunderProxy.Deployments.Acme;
using WunderProxy.Deployments.Acme.Protocol;

namespace WunderProxy.Deployments.Tests.Acme;

[Parallelizable(ParallelScope.All)]
internal sealed class RenewalTimesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(90, 60)]
    [TestCase(12, 8)]
    [TestCase(9, 4.5)]
    [TestCase(6, 3)]
    public void Certificate_is_renewed_after_two_thirds_of_its_life_or_half_of_a_short_one(double days, double expected)
    {
        var life = TimeSpan.FromDays(days);

        Assert.Multiple(() =>
        {
            Assert.That((RenewalTimes.ByLife(Start, Start + life, 0) - Start).TotalDays, Is.EqualTo(expected).Within(0.001));
            Assert.That(
                (RenewalTimes.ByLife(Start, Start + life, 1) - Start).TotalDays, Is.EqualTo(expected - (days * 0.03)).Within(0.001));
        });
    }

    [Test]
    public void Suggested_time_lies_in_the_window_by_chance()
    {
        var info = new RenewalInfo { SuggestedWindow = new RenewalWindow(Start, Start.AddDays(2)) };

        Assert.Multiple(() =>
        {
            Assert.That(RenewalTimes.BySuggestion(info, 0), Is.EqualTo(Start));
            Assert.That(RenewalTimes.BySuggestion(info, 0.5), Is.EqualTo(Start.AddDays(1)));
            Assert.That(RenewalTimes.BySuggestion(new RenewalInfo(), 0.5), Is.Null);
            Assert.That(
                RenewalTimes.BySuggestion(new RenewalInfo { SuggestedWindow = new RenewalWindow(Start, Start) }, 0.5), Is.Null);
        });
    }

    [TestCase(100, 60, 100)]
    [TestCase(7, 60, 7)]
    [TestCase(-1, 60, 6)]
    [TestCase(5, 2, 5)]
    [TestCase(1, 2, 2)]
    public void Advice_orders_once_in_six_hours_unless_the_life_demands_more(double advised, double byLife, double expected) =>
        Assert.That(
            RenewalTimes.ByAdvice(Start.AddHours(advised), Start.AddHours(byLife), Start), Is.EqualTo(Start.AddHours(expected)));

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(5, 16)]
    [TestCase(10, 512)]
    [TestCase(11, 720)]
    [TestCase(1000, 720)]
    public void Pauses_double_from_a_minute_to_half_a_day(int failures, double minutes)
    {
        Assert.Multiple(() =>
        {
            Assert.That(RenewalTimes.AfterFailure(failures, null, 1, TimeSpan.MaxValue).TotalMinutes, Is.EqualTo(minutes));
            Assert.That(RenewalTimes.AfterFailure(failures, null, 0, TimeSpan.MaxValue).TotalMinutes, Is.EqualTo(Math.Max(1, minutes / 2)));
        });
    }

    [Test]
    public void Server_may_ask_for_a_longer_pause_but_not_for_a_shorter_one()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RenewalTimes.AfterFailure(1, TimeSpan.FromDays(2), 0, TimeSpan.FromHours(1)), Is.EqualTo(TimeSpan.FromDays(2)));
            Assert.That(RenewalTimes.AfterFailure(1, TimeSpan.Zero, 0, TimeSpan.MaxValue), Is.EqualTo(TimeSpan.FromMinutes(1)));
        });
    }

    [TestCase(4, 60)]
    [TestCase(5.5, 15)]
    [TestCase(5.99, 1)]
    [TestCase(7, 180)]
    public void Pause_is_at_most_half_of_what_a_certificate_of_six_hours_has_left(double hours, double minutes)
    {
        var longest = RenewalTimes.LongestFailurePause(Start, Start.AddHours(6), Start.AddHours(hours));

        Assert.That(RenewalTimes.AfterFailure(1000, null, 1, longest).TotalMinutes, Is.EqualTo(minutes).Within(0.001));
    }

    [Test]
    public void Latest_renewal_leaves_a_fifth_of_the_life() =>
        Assert.That(RenewalTimes.Latest(Start, Start.AddDays(90)), Is.EqualTo(Start.AddDays(72)));
}

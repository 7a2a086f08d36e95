using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

[Parallelizable]
internal sealed class LineChartTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 14, 5, 0, TimeSpan.Zero);
    private static readonly TimeAxis Axis = new(PageWindow.FiveMinutes, Now, []);

    [TestCase(0, 1, 1)]
    [TestCase(0.7, 1, 1)]
    [TestCase(1, 1, 1)]
    [TestCase(1.1, 1, 2)]
    [TestCase(21, 1, 25)]
    [TestCase(250, 1, 250)]
    [TestCase(251, 1, 500)]
    [TestCase(999_999, 1, 1_000_000)]
    [TestCase(0.003, 0.001, 0.005)]
    [TestCase(double.NaN, 1, 1)]
    [TestCase(double.PositiveInfinity, 1, 1)]
    public void Scale_ends_at_the_next_round_value(double largest, double least, double expected) =>
        Assert.That(ChartScale.RoundUp(largest, least), Is.EqualTo(expected).Within(1e-9));

    [Test]
    public void Line_goes_from_left_to_right_and_up_with_the_values() =>
        Assert.That(
            LineChart.PathOf(LineOf((-300, 0), (-150, 5), (0, 10)), Axis, top: 10),
            Is.EqualTo("M0 99h0L500 50L1000 1"));

    [Test]
    public void Line_breaks_where_nothing_was_measured() =>
        Assert.That(
            LineChart.PathOf(LineOf((-300, 1), (-240, null), (-180, 1)), Axis, top: 1), Is.EqualTo("M0 1h0M400 1h0"));

    [Test]
    public void Points_outside_the_window_are_left_out_as_after_a_clock_set_back() =>
        Assert.That(LineChart.PathOf(LineOf((-400, 1), (30, 1)), Axis, top: 1), Is.Empty);

    [Test]
    public void Drawing_has_a_heading_a_description_a_legend_and_labels_on_both_axes()
    {
        var chart = new Chart("rate", "Requests per second", [LineOf((-60, 120), (0, 310))], Wording.Rate, 1);

        var html = LineChart.Draw(chart, Axis).ToString();

        Assert.That(html, Does.Contain("<h3>Requests per second</h3>")
            .And.Contain("aria-label=\"Requests per second, last 5 minutes. r42: 310 at the end, between 120 and 310.\"")
            .And.Contain("<span class=name>r42</span> <b>310</b>")
            .And.Contain("<span>500</span><span>250</span><span>0</span>")
            .And.Contain("<span>14:00:00</span>").And.Contain("<span>14:05:00</span>"));
    }

    [Test]
    public void Marks_stand_at_their_time_with_a_sign()
    {
        var axis = Axis with { Marks = [new(Now.AddSeconds(-150), Tone.Busy, "Switch"), new(Now, Tone.Bad, "Guard")] };

        var html = LineChart.Draw(new Chart("rate", "Requests", [], Wording.Rate, 1), axis).ToString();

        Assert.That(html, Does.Contain("<g class=\"mark busy\"><line x1=50% ").And.Contain(">A</text>"));
        Assert.That(html, Does.Contain("<g class=\"mark bad\"><line x1=100% ").And.Contain("text-anchor=end>B</text>"));
    }

    [Test]
    public void Nothing_to_draw_is_a_chart_all_the_same() =>
        Assert.That(
            LineChart.Draw(new Chart("rate", "Requests", [LineOf()], Wording.Rate, 1), Axis).ToString(),
            Does.Contain("r42: nothing.").And.Contain("d=\"\""));

    private static ChartLine LineOf(params (int Seconds, double? Value)[] points) =>
        new("r42", "now", [.. points.Select(point => (Now.AddSeconds(point.Seconds), point.Value))]);
}

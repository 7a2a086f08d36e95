using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Machines;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Machines;

[Parallelizable]
internal sealed class CircuitTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _named = [];
    private Circuit _circuit = null!;

    [SetUp]
    public void MakeCircuit() => _circuit = new Circuit(_clock, _named.Add);

    [TearDown]
    public void ForgetNames() => _named.Clear();

    [Test]
    public void Fault_opens_it_and_an_answer_closes_it()
    {
        var begin = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromMinutes(1));

        _circuit.Open("refused");
        var open = (_circuit.Fault, _circuit.IsOpen, _circuit.ToView());
        _clock.Advance(TimeSpan.FromMinutes(1));
        _circuit.Close();

        Assert.That(open, Is.EqualTo(("refused", true, new CircuitView("open", begin.AddMinutes(1), null))));
        Assert.That((_circuit.Fault, _circuit.IsOpen), Is.EqualTo(("Ok", false)));
        Assert.That(_circuit.ToView(), Is.EqualTo(new CircuitView("closed", begin.AddMinutes(2), null)));
    }

    [Test]
    public void Fault_is_unknown_before_the_first_answer_which_is_no_news()
    {
        var before = _circuit.Fault;
        _circuit.Close();

        Assert.That((before, _circuit.Fault, _named), Is.EqualTo(("unknown", "Ok", Array.Empty<string>())));
    }

    [Test]
    public void Next_try_is_told_and_is_half_open_while_it_lasts()
    {
        _circuit.Open("refused");
        var since = _clock.GetUtcNow();

        _circuit.Wait(TimeSpan.FromSeconds(8));
        var waiting = _circuit.ToView();
        _clock.Advance(TimeSpan.FromSeconds(8));
        _circuit.Try();
        var trying = _circuit.ToView();
        _circuit.Open("refused");
        _circuit.Wait(TimeSpan.FromSeconds(16));

        Assert.That(waiting, Is.EqualTo(new CircuitView("open", since, since.AddSeconds(8))));
        Assert.That(trying, Is.EqualTo(new CircuitView("half-open", since, null)));
        Assert.That(_circuit.ToView(), Is.EqualTo(new CircuitView("open", since, since.AddSeconds(24))));
    }

    [TestCase(-400)]
    [TestCase(400)]
    public void Time_until_the_next_try_does_not_follow_a_clock_that_is_set(int days)
    {
        _circuit.Open("refused");
        _circuit.Wait(TimeSpan.FromSeconds(8));

        _clock.SetUtcNow(_clock.GetUtcNow().AddDays(days));
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.That(_circuit.ToView().NextTry, Is.EqualTo(_clock.GetUtcNow().AddSeconds(5)));
    }

    [Test]
    public void Try_that_reached_nothing_leaves_it_open()
    {
        _circuit.Open("refused");
        _circuit.Try();

        _circuit.Wait(TimeSpan.FromSeconds(2));

        Assert.That(_circuit.ToView().State, Is.EqualTo("open"));
    }

    [Test]
    public void Trying_what_answers_opens_nothing()
    {
        _circuit.Try();
        _circuit.Wait(TimeSpan.FromSeconds(2));

        Assert.That((_circuit.ToView().State, _circuit.ToView().NextTry), Is.EqualTo(("closed", (DateTimeOffset?)null)));
    }

    [Test]
    public void Each_fault_is_named_once_until_all_is_well_again()
    {
        foreach (var fault in new[] { "refused", "refused", "timed out", "refused", "timed out" })
        {
            _circuit.Open(fault);
        }

        _circuit.Close();
        _circuit.Close();
        _circuit.Open("refused");

        Assert.That(_named, Is.EqualTo(new[] { "refused", "timed out", "Ok", "refused" }));
    }

    [Test]
    public void Faults_that_are_never_the_same_do_not_flood_the_log()
    {
        for (var i = 0; i < 1000; i++)
        {
            _circuit.Open($"event {i} cannot be written");
        }

        Assert.That(_named, Has.Count.EqualTo(16));
        Assert.That(_circuit.Fault, Is.EqualTo("event 999 cannot be written"));
    }

    [Test]
    public void Vague_fault_does_not_replace_one_that_says_more()
    {
        _circuit.OpenUnlessOpen("something waits");
        _circuit.Close();
        _circuit.Open("refused");
        _circuit.OpenUnlessOpen("something waits");

        Assert.That(_circuit.Fault, Is.EqualTo("refused"));
        Assert.That(_named, Is.EqualTo(new[] { "something waits", "Ok", "refused" }));
    }

    [Test]
    public void Change_is_cancelled_by_opening_and_by_closing_only()
    {
        var opening = _circuit.Change;
        _circuit.Close();
        var beforeOpening = opening.IsCancellationRequested;
        _circuit.Open("refused");
        var closing = _circuit.Change;
        _circuit.Open("timed out");
        _circuit.Try();
        var beforeClosing = closing.IsCancellationRequested;
        _circuit.Close();

        Assert.That((beforeOpening, opening.IsCancellationRequested), Is.EqualTo((false, true)));
        Assert.That((beforeClosing, closing.IsCancellationRequested), Is.EqualTo((false, true)));
    }
}

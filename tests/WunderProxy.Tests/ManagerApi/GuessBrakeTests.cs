using System.Net;
using WunderProxy.ManagerApi;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.ManagerApi;

[Parallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class GuessBrakeTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("192.0.2.1");

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Guesses_beyond_the_first_ones_are_held_back()
    {
        var brake = new GuessBrake(_clock);
        await UseUpAsync(brake, Guesser);

        var held = brake.HoldAsync(Guesser, CancellationToken.None);

        Assert.That(held.IsCompleted, Is.False);
        _clock.Advance(GuessBrake.Delay);
        Assert.That(await held, Is.True);
    }

    [Test]
    public async Task Another_address_is_not_held_back()
    {
        var brake = new GuessBrake(_clock);
        await UseUpAsync(brake, Guesser);

        Assert.That(brake.HoldAsync(IPAddress.Parse("192.0.2.2"), CancellationToken.None).IsCompleted, Is.True);
        Assert.That(brake.HoldAsync(address: null, CancellationToken.None).IsCompleted, Is.True);
    }

    [Test]
    public async Task All_addresses_of_a_64_are_one()
    {
        var brake = new GuessBrake(_clock);
        await UseUpAsync(brake, IPAddress.Parse("2001:db8:0:1::1"));

        Assert.That(brake.HoldAsync(IPAddress.Parse("2001:db8:0:1:ffff::9"), CancellationToken.None).IsCompleted, Is.False);
        Assert.That(brake.HoldAsync(IPAddress.Parse("2001:db8:0:2::1"), CancellationToken.None).IsCompleted, Is.True);
    }

    [Test]
    public async Task Of_one_address_only_a_few_answers_are_held_back_at_once()
    {
        var brake = new GuessBrake(_clock);
        await UseUpAsync(brake, Guesser);

        var guesses = Enumerable.Range(0, 100).Select(_ => brake.HoldAsync(Guesser, CancellationToken.None)).ToList();

        Assert.That(guesses.Count(guess => !guess.IsCompleted), Is.EqualTo(16));
        Assert.That(guesses.Where(guess => guess.IsCompleted).Select(guess => guess.Result), Is.All.False);
    }

    [Test]
    public async Task Guesses_are_forgiven_with_time()
    {
        var brake = new GuessBrake(_clock);
        await UseUpAsync(brake, Guesser);

        _clock.Advance(GuessBrake.Delay * GuessBrake.FreeGuesses);

        Assert.That(brake.HoldAsync(Guesser, CancellationToken.None).IsCompleted, Is.True);
    }

    [Test]
    public void Table_of_addresses_is_bounded()
    {
        var brake = new GuessBrake(_clock);
        for (var i = 0; i < 20_000; i++)
        {
            _ = brake.HoldAsync(new IPAddress(i), CancellationToken.None);
        }

        Assert.That(brake.Count, Is.LessThanOrEqualTo(4096));
    }

    private static async Task UseUpAsync(GuessBrake brake, IPAddress address)
    {
        for (var i = 0; i < GuessBrake.FreeGuesses; i++)
        {
            await brake.HoldAsync(address, CancellationToken.None);
        }
    }
}

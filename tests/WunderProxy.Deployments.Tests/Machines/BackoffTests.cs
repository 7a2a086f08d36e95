using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Tests.Machines;

[TestFixture]
[Parallelizable]
internal sealed class BackoffTests
{
    [Test]
    public void Pauses_grow_from_one_second_to_sixty_with_jitter()
    {
        var backoff = new Backoff(TimeProvider.System);

        var pauses = Enumerable.Range(0, 12).Select(_ => backoff.Next().TotalSeconds).ToArray();

        Assert.That(pauses[0], Is.InRange(1, 2));
        Assert.That(pauses[3], Is.InRange(8, 16));
        Assert.That(pauses[^1], Is.InRange(30, 60));
        backoff.Reset();
        Assert.That(backoff.Next().TotalSeconds, Is.InRange(1, 2));
    }
}

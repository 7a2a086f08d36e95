using WunderProxy.Forwarding.Tests.Http1.Fuzzing;

namespace WunderProxy.Forwarding.Tests.Http1;

[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class Http1FuzzerTests
{
    private const int InputsPerSeed = 50_000;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(20261122)]
    [TestCase(-77)]
    public void Mutated_messages_keep_the_invariants(int seed)
    {
        var fuzzer = new Http1Fuzzer(seed);

        Assert.That(() => fuzzer.Run(InputsPerSeed), Throws.Nothing);
        Assert.That(fuzzer.Accepted, Is.InRange(InputsPerSeed / 20, InputsPerSeed));
    }

    [Test]
    public void Same_seed_makes_the_same_inputs()
    {
        var first = new Http1Fuzzer(3);
        var second = new Http1Fuzzer(3);

        first.Run(3000);
        second.Run(3000);

        Assert.That(first.Accepted, Is.EqualTo(second.Accepted));
    }
}

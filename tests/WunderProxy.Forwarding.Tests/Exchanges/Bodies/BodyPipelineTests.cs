using System.IO.Pipelines;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

[Parallelizable(ParallelScope.All)]
internal sealed class BodyPipelineTests
{
    [Test]
    public void Turn_of_a_filter_is_bounded_however_small_the_chunks_are()
    {
        const int Chunks = 20_000;
        var input = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1\r\na\r\n", Chunks)) + "0\r\n\r\n");
        var filter = new DoublingFilter();
        var pipeline = new BodyPipeline();
        pipeline.Prepare(
            PipeWriter.Create(Stream.Null), BodyFraming.Chunked, HeadLimits.Default, new ResponseHead(), BodyOutput.Dechunked, filter);

        var at = 0;
        var status = TakeStatus.Again;
        while (status == TakeStatus.Again)
        {
            var before = filter.Writes;
            status = pipeline.Take(input.AsSpan(at), out var consumed, out _);
            at += consumed;

            Assert.That(consumed, Is.LessThanOrEqualTo(2 * 16 * 1024));
            Assert.That(filter.Writes - before, Is.LessThanOrEqualTo(2 * 16 * 1024 / 6));
        }

        Assert.That((status, at, filter.Writes), Is.EqualTo((TakeStatus.Complete, input.Length, Chunks)));
        Assert.That(pipeline.CopiedBytes, Is.EqualTo((2 * Chunks) + 1));
    }
}

using WunderProxy.Forwarding.Exchanges.Bodies;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

[Parallelizable(ParallelScope.All)]
internal sealed class WebSocketFramesTests
{
    private static readonly byte[] Medium = [0x82, 126, 0x01, 0x00, .. new byte[256]];
    private static readonly byte[] Large = [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0, .. new byte[65_536]];

    private static readonly TestCaseData[] Messages =
    [
        new TestCaseData((object)new byte[] { 0x81, 0x00 }).SetArgDisplayNames("empty"),
        new TestCaseData((object)new byte[] { 0x81, 0x02, 1, 2 }).SetArgDisplayNames("small"),
        new TestCaseData((object)new byte[] { 0x81, 0x82, 9, 9, 9, 9, 1, 2 }).SetArgDisplayNames("masked"),
        new TestCaseData((object)new byte[] { 0x01, 0x01, 1, 0x89, 0x01, 7, 0x80, 0x01, 2 }).SetArgDisplayNames("fragments_around_a_ping"),
        new TestCaseData((object)Medium).SetArgDisplayNames("16_bit_length"),
    ];

    [TestCaseSource(nameof(Messages))]
    public void Message_end_is_found_however_the_bytes_are_cut(byte[] message)
    {
        for (var cut = 1; cut < message.Length; cut++)
        {
            var frames = default(WebSocketFrames);

            frames.Advance(message.AsSpan(0, cut), stopAtMessageEnd: false);
            var isEarly = frames.IsAtMessageEnd;
            var taken = frames.Advance([.. message.AsSpan(cut), 0x81, 0x01, 5], stopAtMessageEnd: true);

            Assert.That((isEarly, taken, frames.IsAtMessageEnd), Is.EqualTo((false, message.Length - cut, true)), $"cut at {cut}");
        }
    }

    [Test]
    public void Length_of_64_bits_is_followed()
    {
        var frames = default(WebSocketFrames);

        var taken = frames.Advance([.. Large, 0x81], stopAtMessageEnd: false);

        Assert.That((taken, frames.IsAtMessageEnd), Is.EqualTo((Large.Length + 1, false)));
    }

    [TestCase(new byte[] { 0x88, 0x02, 0x03, 0xe8 }, 1000)]
    [TestCase(new byte[] { 0x81, 0x02, 0x03, 0xe9, 0x88, 0x05, 0x03, 0xea, 1, 2, 3 }, 1002)]
    [TestCase(new byte[] { 0x88, 0x00 }, 0)]
    [TestCase(new byte[] { 0x89, 0x02, 0x03, 0xe8 }, 0)]
    public void Code_of_a_Close_frame_is_kept_however_the_bytes_are_cut(byte[] stream, int expected)
    {
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var frames = default(WebSocketFrames);
            frames.Advance(stream.AsSpan(0, cut), stopAtMessageEnd: false);
            frames.Advance(stream.AsSpan(cut), stopAtMessageEnd: false);

            Assert.That(frames.CloseCode, Is.EqualTo(expected), $"cut at {cut}");
        }
    }

    [Test]
    public void Nothing_is_taken_at_a_message_end_when_asked_to_stop()
    {
        var frames = default(WebSocketFrames);

        Assert.That(frames.Advance([0x81, 0x01, 5], stopAtMessageEnd: true), Is.Zero);
    }
}

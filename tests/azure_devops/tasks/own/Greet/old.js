throw new Error('a newer handler is there');
